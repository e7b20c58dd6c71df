// ways.c - the list of ways: sections of lines, and walks.
#include <stdlib.h>

#include "import/import.h"

bool import_add_way(importer *im, import_way way) {
    import_way *list = import_grow(im, im->ways, im->way_count, &im->way_capacity, sizeof way);
    if (!list)
        return false;
    im->ways = list;
    list[im->way_count++] = way;
    return true;
}

int32_t import_cut_way(importer *im, int32_t w, double s) {
    int32_t line = im->ways[w].line, node = import_anchor(im, line, s);
    import_way rest = im->ways[w];
    rest.from = node;
    rest.from_m = s;
    rest.length_m = import_section_length(&im->lines[line], s, rest.to_m);
    if (node < 0 || !import_add_way(im, rest))
        return -1;
    im->ways[w].to = node;
    im->ways[w].to_m = s;
    im->ways[w].length_m = import_section_length(&im->lines[line], im->ways[w].from_m, s);
    return node;
}

static int compare_ways(const void *a, const void *b) {
    const import_way *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->from_m > y->from_m) - (x->from_m < y->from_m);
}

static void tell_cuts(importer *im, const import_way *first) {
    base_text cuts = {0};
    for (int32_t i = 1; i < first->of; i++)
        base_text_format(&cuts, "%s%.1f", i > 1 ? ", " : "", first[i].from_m);
    if (cuts.data)
        import_tell(im, IMPORT_SPLIT, im->lines[first->line].label, -1, "cut in %d, %s m from its beginning", first->of,
                    cuts.data);
    im->no_memory |= cuts.failed;
    base_text_release(&cuts);
}

piste_status import_number(importer *im) {
    int32_t drawn = 0; // walks stand behind, in the order in which they were laid
    for (int32_t w = 0; w < im->way_count; w++)
        if (im->ways[w].kind != IMPORT_WAY_WALK) { // cutting may have put a section behind a walk
            import_way way = im->ways[w];
            for (int32_t k = w; k > drawn; k--)
                im->ways[k] = im->ways[k - 1];
            im->ways[drawn++] = way;
        }
    if (drawn)
        qsort(im->ways, (size_t)drawn, sizeof *im->ways, compare_ways);
    for (int32_t from = 0, to; from < drawn; from = to) {
        for (to = from; to < drawn && im->ways[to].line == im->ways[from].line; to++)
            im->ways[to].index = to - from + 1;
        for (int32_t w = from; w < to; w++)
            im->ways[w].of = to - from;
        if (im->ways[from].kind == IMPORT_WAY_RUN)
            tell_cuts(im, &im->ways[from]);
    }
    return im->no_memory ? PISTE_MEMORY : PISTE_OK;
}
