// calibrate_algebra.c - symmetric matrices, by GSL; and figures as they are told.
#include <gsl/gsl_eigen.h>
#include <math.h>

#include "plan/calibrate.h"

bool calibrate_eigen(int32_t n, const double *matrix, double *values, double *vectors) {
    size_t size = (size_t)n;
    gsl_matrix *a = n ? gsl_matrix_alloc(size, size) : NULL, *v = n ? gsl_matrix_alloc(size, size) : NULL;
    gsl_vector *w = n ? gsl_vector_alloc(size) : NULL;
    gsl_eigen_symmv_workspace *space = n ? gsl_eigen_symmv_alloc(size) : NULL;
    bool good = a && v && w && space;
    if (good) {
        for (size_t i = 0; i < size; i++)
            for (size_t k = 0; k < size; k++)
                gsl_matrix_set(a, i, k, 0.5 * (matrix[i * size + k] + matrix[k * size + i]));
        good = gsl_eigen_symmv(a, w, v, space) == 0 && gsl_eigen_symmv_sort(w, v, GSL_EIGEN_SORT_VAL_ASC) == 0;
    }
    for (size_t i = 0; good && i < size; i++) {
        values[i] = gsl_vector_get(w, i);
        double sign = 0; // that of the heaviest part, so that a direction is always told the same way round
        for (size_t k = 0; k < size; k++)
            if (fabs(gsl_matrix_get(v, k, i)) > fabs(sign) * (1 + 1e-9))
                sign = gsl_matrix_get(v, k, i);
        for (size_t k = 0; k < size; k++)
            vectors[k * size + i] = sign < 0 ? -gsl_matrix_get(v, k, i) : gsl_matrix_get(v, k, i);
    }
    if (space)
        gsl_eigen_symmv_free(space);
    if (w)
        gsl_vector_free(w);
    if (v)
        gsl_matrix_free(v);
    if (a)
        gsl_matrix_free(a);
    return good || n == 0;
}

bool calibrate_invert(int32_t n, const double *matrix, double least, double *inverse) {
    base_arena *arena = base_arena_create();
    size_t size = (size_t)n;
    double *values = arena ? base_arena_take(arena, (size + 1) * sizeof *values) : NULL;
    double *vectors = values ? base_arena_take(arena, (size * size + 1) * sizeof *vectors) : NULL;
    bool good = vectors && calibrate_eigen(n, matrix, values, vectors);
    for (size_t i = 0; good && i < size; i++)
        for (size_t k = 0; k < size; k++) {
            double sum = 0;
            for (size_t e = 0; e < size; e++)
                sum += vectors[i * size + e] * vectors[k * size + e] / (values[e] > least ? values[e] : least);
            inverse[i * size + k] = sum;
        }
    if (arena)
        base_arena_destroy(arena);
    return good;
}

// By powers of ten that are exact; what is left of rounding is the same wherever the value is.
double calibrate_round(double value) {
    double size = fabs(value), up = 1, down = 1;
    if (!(size > 0) || size > 1e15)
        return value;
    while (size * up < 1000 && up < 1e15)
        up *= 10;
    while (size / down >= 10000)
        down *= 10;
    double whole = base_floor(size * up / down + 0.5);
    return (value < 0 ? -whole : whole) * down / up;
}

static const double two_sided = 1.959963984540054; // 97.5 % of a normal variable lie below

piste_estimate calibrate_estimate(double value, double error, int64_t seen) {
    return (piste_estimate){calibrate_round(value), calibrate_round(error), calibrate_round(value - two_sided * error),
                            calibrate_round(value + two_sided * error), seen};
}

piste_estimate calibrate_positive(double value, double log_error, int64_t seen) {
    double wide = base_exp(two_sided * (log_error < 50 ? log_error : 50));
    return (piste_estimate){calibrate_round(value), calibrate_round(value * log_error), calibrate_round(value / wide),
                            calibrate_round(value * wide), seen};
}

piste_estimate calibrate_unknown(void) {
    return (piste_estimate){(double)NAN, (double)NAN, (double)NAN, (double)NAN, 0};
}
