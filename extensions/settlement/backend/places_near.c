/* places_near.c: the distance of two places: a plane at their middle latitude, which is near enough for a walk or a drive. */
#include "places_near.h"

enum { DEGREE = 1000000, HALF_CIRCLE = 180000000, METRES_OF_DEGREE = 111195 };

/* Cosines of whole degrees, in millionths. */
static const int32_t cosines[] = {
    1000000, 999848, 999391, 998630, 997564, 996195, 994522, 992546, 990268, 987688, 984808, 981627, 978148,
    974370,  970296, 965926, 961262, 956305, 951057, 945519, 939693, 933580, 927184, 920505, 913545, 906308,
    898794,  891007, 882948, 874620, 866025, 857167, 848048, 838671, 829038, 819152, 809017, 798636, 788011,
    777146,  766044, 754710, 743145, 731354, 719340, 707107, 694658, 681998, 669131, 656059, 642788, 629320,
    615661,  601815, 587785, 573576, 559193, 544639, 529919, 515038, 500000, 484810, 469472, 453990, 438371,
    422618,  406737, 390731, 374607, 358368, 342020, 325568, 309017, 292372, 275637, 258819, 241922, 224951,
    207912,  190809, 173648, 156434, 139173, 121869, 104528, 87156,  69756,  52336,  34899,  17452,  0,
};

static int64_t magnitude(int64_t value)
{
    return value < 0 ? -value : value;
}

static int64_t cosine(int64_t latitude)
{
    const int64_t at = magnitude(latitude) > 90 * DEGREE ? 90 * DEGREE : magnitude(latitude);
    const int64_t degree = at / DEGREE;

    if (degree == 90) {
        return 0;
    }
    return cosines[degree] + (cosines[degree + 1] - cosines[degree]) * (at % DEGREE) / DEGREE;
}

static int64_t root(int64_t square)
{
    int64_t low = 0;
    int64_t high = INT64_C(3037000499);

    while (low < high) {
        const int64_t middle = low + (high - low + 1) / 2;

        if (middle * middle <= square) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

int64_t places_distance_m(int64_t latitude, int64_t longitude, int64_t other_latitude, int64_t other_longitude)
{
    const int64_t north = magnitude(latitude - other_latitude);
    const int64_t around = magnitude(longitude - other_longitude);
    const int64_t east = around > HALF_CIRCLE ? 2 * HALF_CIRCLE - around : around; /* over the date line */
    const int64_t north_m = north * METRES_OF_DEGREE / DEGREE;
    const int64_t east_m = east * METRES_OF_DEGREE / DEGREE * cosine((latitude + other_latitude) / 2) / DEGREE;

    return root(north_m * north_m + east_m * east_m);
}
