// The distribution's libsystemd: readiness and watchdog, socket activation, the journal.
#ifndef RUNEGATE_CSYSTEMD_SHIM_H
#define RUNEGATE_CSYSTEMD_SHIM_H

#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

#endif
