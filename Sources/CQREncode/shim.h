// The distribution's libqrencode: the code that `runegate login-link` draws in the terminal.
#ifndef RUNEGATE_CQRENCODE_SHIM_H
#define RUNEGATE_CQRENCODE_SHIM_H

#include <qrencode.h>

#endif
