/* SPDX-License-Identifier: MIT */
/* mce.h - machine checks. */
#ifndef MCE_H
#define MCE_H
#include "lib/base.h"

/* Enable them on this CPU. */
void mce_start(void);

/* In the handler: describe the last bank with an error, or the first uncorrected one. */
void mce_describe(char *text, size_t size);
#endif
