# face_validity.jq - the figures of the table "Face validity" in docs/models.md, of several days of one resort:
#
#     for seed in 1 2 3 4 5; do build/piste day RESORT --guests N --seed $seed --json -; done |
#         jq -s -f test/published/face_validity.jq
def mean(figure): map(figure) | add / length;
def rounded(times): . * times | round / times;
def ability(key; figure): mean(.groups.ability[] | select(.key == key) | figure);
def by_ability(figure; times):
  [ability("beginner"; figure), ability("intermediate"; figure), ability("expert"; figure)] | map(rounded(times));
def hour_of(bin): (.from | split(":") | (.[0] | tonumber) * 3600 + (.[1] | tonumber) * 60) + bin * .bin_s | . / 3600 | floor;
def boarded_by_hour:
  . as $day | [.lifts[].boarded | to_entries[] | . as $bin | {hour: ($day | hour_of($bin.key)), people: $bin.value}];

{
  resort: .[0].resort,
  guests: .[0].sold,
  rides_each: mean(.rides / .guests) | rounded(10),
  rides_of_beginners_intermediates_experts: by_ability(.rides / .people; 10),
  descent_m_of_beginners_intermediates_experts: by_ability(.descent_m / .people; 0.1),
  wait_s: mean(.wait_s.mean) | rounded(1),
  waiting_percent_of_waiting_riding_skiing_resting:
    mean([.segments[].spent_s] | 100 * mean(.waiting) / mean(.waiting + .riding + .skiing + .resting)) | rounded(1),
  busiest_hour: (map(boarded_by_hour) | add | group_by(.hour) | max_by(map(.people) | add) | .[0].hour),
  seats_filled_percent:
    mean([.lifts[] | select(.rides > 0)] | 100 * mean(.rides) / mean(.rides / .seats_filled)) | rounded(1)
}
