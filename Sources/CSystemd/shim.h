// The distribution's libsystemd: readiness and watchdog, socket activation, the journal.
#ifndef RUNEGATE_CSYSTEMD_SHIM_H
#define RUNEGATE_CSYSTEMD_SHIM_H

#include <sys/prctl.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

// prctl(2) is variadic, which Swift cannot call.
static inline int runegate_set_dumpable(unsigned long dumpable) {
    return prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0);
}

static inline int runegate_get_dumpable(void) {
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

#endif
