// ranks.c - finds out whether piste runs under mpirun, and loads what carries the messages. See ranks.h.
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "plan/ranks.h"

#ifndef PISTE_MPI_FOLDER
#define PISTE_MPI_FOLDER ""
#endif

// Set by Open MPI, by MPICH and its kin, and by Slurm's PMIx.
static bool is_among_ranks(void) {
    static const char *const sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS"};
    for (size_t i = 0; i < BASE_COUNT(sizes); i++)
        if (getenv(sizes[i]))
            return true;
    return getenv("PMIX_RANK") != NULL;
}

// Beside the program in a build, in its own folder where it is installed.
static void *load_module(char *path, size_t size) {
    ssize_t length = readlink("/proc/self/exe", path, size - 64);
    for (; length > 0 && path[length - 1] != '/'; length--)
        ;
    if (length > 0) {
        strcpy(path + length, "src/piste-mpi.so");
        void *module = dlopen(path, RTLD_NOW | RTLD_GLOBAL); // Open MPI's own parts look for its names
        if (module)
            return module;
    }
    snprintf(path, size, "%s/piste-mpi.so", PISTE_MPI_FOLDER);
    return dlopen(path, RTLD_NOW | RTLD_GLOBAL);
}

piste_status plan_ranks_find(piste_errors *errors, plan_ranks *ranks, bool *found) {
    char path[4200];
    *found = is_among_ranks();
    if (!*found)
        return PISTE_OK;
    void *module = load_module(path, sizeof path);
    union {
        void *object;
        plan_ranks_open *function;
    } open = {.object = module ? dlsym(module, "piste_mpi_open") : NULL};
    if (!open.object) {
        const char *why = dlerror();
        return piste_errors_add(errors, PISTE_NOT_FOUND, NULL, 0, 0,
                                "started as one of several processes, but without MPI: %s",
                                why ? why : "its module is not there");
    }
    if (!open.function(ranks))
        return piste_errors_add(errors, PISTE_IO, NULL, 0, 0, "MPI cannot be begun");
    return PISTE_OK;
}
