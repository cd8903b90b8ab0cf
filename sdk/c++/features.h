/* SPDX-License-Identifier: MIT */
/* features.h - libstdc++ includes this to learn about its C library: there is none. */
#define __GLIBC_PREREQ(major, minor)	0
