// mpi.c - ranks over MPI: a module that piste loads under mpirun. See ranks.h.
#include <mpi.h>
#include <stdlib.h>
#include <string.h>

#include "plan/ranks.h"

enum { TAG = 7 };

static bool send_to(int32_t to, const void *data, size_t bytes) {
    return MPI_Send(data, (int)bytes, MPI_BYTE, to, TAG, MPI_COMM_WORLD) == MPI_SUCCESS;
}

static int64_t receive(int32_t *from, void *data, size_t room) {
    int there = 0, bytes = 0;
    MPI_Status status;
    if (MPI_Iprobe(MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &there, &status) != MPI_SUCCESS)
        return -1;
    if (!there)
        return 0;
    MPI_Get_count(&status, MPI_BYTE, &bytes);
    if (bytes < 0 || (size_t)bytes > room)
        return -1;
    *from = status.MPI_SOURCE;
    return MPI_Recv(data, bytes, MPI_BYTE, status.MPI_SOURCE, TAG, MPI_COMM_WORLD, &status) == MPI_SUCCESS ? bytes : -1;
}

static void close_all(bool failed) {
    if (failed)
        MPI_Abort(MPI_COMM_WORLD, 1);
    else
        MPI_Finalize();
}

__attribute__((visibility("default"))) bool piste_mpi_open(plan_ranks *ranks);
bool piste_mpi_open(plan_ranks *ranks) {
    int rank, size;
    if (MPI_Init(NULL, NULL) != MPI_SUCCESS)
        return false;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    *ranks = (plan_ranks){.rank = rank, .size = size, .send = send_to, .receive = receive, .close = close_all};
    ranks->days = calloc((size_t)size, sizeof *ranks->days);
    return ranks->days != NULL;
}
