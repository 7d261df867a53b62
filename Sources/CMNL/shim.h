// The distribution's libmnl, and the kernel's names for what is said through it.
#ifndef RUNEGATE_CMNL_SHIM_H
#define RUNEGATE_CMNL_SHIM_H

#include <sys/socket.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <linux/wireguard.h>

#endif
