/* SPDX-License-Identifier: MIT */
/* mce.h - machine checks. */
#ifndef MCE_H
#define MCE_H
#include "lib/base.h"

/* Have them reported on this CPU. */
void mce_start(void);

/* From the handler: the last bank that has something to say, the first that is uncorrected. */
void mce_describe(char *text, size_t size);
#endif
