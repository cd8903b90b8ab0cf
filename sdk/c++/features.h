/* SPDX-License-Identifier: MIT */
/* features.h - libstdc++ asks its C library what it is: there is none. */
#define __GLIBC_PREREQ(major, minor)	0
