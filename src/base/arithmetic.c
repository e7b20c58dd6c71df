// arithmetic.c - exp, log, the normal distribution and exact fractions, from IEEE + - * / sqrt alone.
//
// libm's exp and log give other last bits on processors with FMA; these do not. Argument reduction is the usual one
// (x = k ln 2 + r), and the polynomials are Taylor series long enough for double precision on the reduced range.
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/base.h"

static const double ln2_high = 6.93147180369123816490e-01; // the upper 33 bits of ln 2: k * ln2_high is exact
static const double ln2_low = 1.90821492927058770002e-10;

static double scale(double x, int k) { // x * 2^k without libm; k in the range that exp and log need
    while (k > 1000) {
        x *= 0x1p1000;
        k -= 1000;
    }
    while (k < -1000) {
        x *= 0x1p-1000;
        k += 1000;
    }
    uint64_t bits = (uint64_t)(1023 + k) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return x * power;
}

double base_floor(double x) {
    double whole = (double)(int64_t)x;
    return whole > x ? whole - 1 : whole;
}

double base_exp(double x) {
    if (!(x > -745.2))
        return x != x ? x : 0;
    if (x > 709.782712893384)
        return HUGE_VAL;
    double k = base_floor(x * 1.44269504088896338700 + 0.5);
    double r = (x - k * ln2_high) - k * ln2_low; // |r| <= 0.3466
    // exp(r) = 1 + r + r^2/2 + ... + r^13/13!; the first term left out is below 5e-18.
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    double tail = r * r * p;
    return scale(1.0 + (r + tail), (int)k);
}

double base_log(double x) {
    assert(x > 0);
    if (x > DBL_MAX)
        return x;
    int k = 0;
    if (x < DBL_MIN) {
        x *= 0x1p54;
        k = -54;
    }
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    k += (int)(bits >> 52) - 1023;
    bits = (bits & 0x000fffffffffffffull) | 0x3ff0000000000000ull;
    double m;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.41421356237309504880) {
        m *= 0.5;
        k++;
    }
    // log(m) = 2 atanh(s), s = (m - 1) / (m + 1), |s| <= 0.1716: s^2 <= 0.0295 and eleven terms suffice.
    double f = m - 1.0;
    double s = f / (2.0 + f), z = s * s;
    static const double terms[] = {1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13,
                                   1.0 / 11, 1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3};
    double p = 1.0 / 23.0;
    for (size_t i = 0; i < BASE_COUNT(terms); i++)
        p = p * z + terms[i];
    // 2 atanh(s) = f - (f^2/2 - s (f^2/2 + r)) with r = 2 s^2/3 + 2 s^4/5 + ...: f is exact, and what is taken from it
    // is small, so that the rounding of s hardly counts (Sun's fdlibm, e_log.c, has it in this form).
    double r = 2.0 * z * p, half = 0.5 * f * f;
    return k * ln2_high - ((half - (s * (half + r) + k * ln2_low)) - f);
}

double base_sqrt(double x) {
    return sqrt(x); // correctly rounded by IEEE 754
}

double base_normal_cdf(double x) {
    if (x != x)
        return x;
    double a = x < 0 ? -x : x, upper;
    if (a > 38.5)
        upper = 0;
    else {
        double density = base_exp(-0.5 * a * a) * 0.39894228040143267794;
        if (a < 3.5) { // Phi(a) - 1/2 = density (a + a^3/3 + a^5/15 + ...), Abramowitz and Stegun 26.2.11
            double term = a, sum = a;
            for (int n = 3; term > sum * 1e-18 && n < 400; n += 2) {
                term *= a * a / n;
                sum += term;
            }
            upper = 0.5 - density * sum;
        } else { // Q(a) = density / (a + 1/(a + 2/(a + 3/...))), 26.2.14
            double fraction = a;
            for (int n = 120; n >= 1; n--)
                fraction = a + n / fraction;
            upper = density / fraction;
        }
    }
    return x < 0 ? upper : 1.0 - upper;
}

static double polynomial(const double *c, int degree, double x) {
    double y = c[degree];
    for (int i = degree - 1; i >= 0; i--)
        y = y * x + c[i];
    return y;
}

// Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988).
double base_normal_quantile(double p) {
    static const double a[8] = {3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double b[8] = {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
                                2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
                                5.2264952788528545610e+3};
    static const double c[8] = {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
                                3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[8] = {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
                                1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
    static const double e[8] = {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
                                2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[8] = {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
                                7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
                                2.04426310338993978564e-15};
    assert(p > 0 && p < 1);
    double q = p - 0.5;
    if (q >= -0.425 && q <= 0.425) {
        double r = 0.180625 - q * q;
        return q * polynomial(a, 7, r) / polynomial(b, 7, r);
    }
    double r = base_sqrt(-base_log(q < 0 ? p : 1.0 - p)), x;
    if (r <= 5.0)
        x = polynomial(c, 7, r - 1.6) / polynomial(d, 7, r - 1.6);
    else
        x = polynomial(e, 7, r - 5.0) / polynomial(f, 7, r - 5.0);
    return q < 0 ? -x : x;
}

double base_round(double x, int decimals) {
    static const double powers[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
    assert(decimals >= 0 && decimals < (int)BASE_COUNT(powers));
    double power = powers[decimals];
    double scaled = x * power;
    if (scaled > 4e15 || scaled < -4e15)
        return x;
    double size = scaled < 0 ? -scaled : scaled, whole = base_floor(size);
    if (size - whole >= 0.5) // exact; size + 0.5 would round 0.49999999999999994 up to 1
        whole += 1;
    return (scaled < 0 ? -whole : whole) / power + 0.0; // + 0.0: no minus zero in a result
}
