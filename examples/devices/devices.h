/* SPDX-License-Identifier: MIT */
/* devices.h - what main.c needs from a CPU and its board. Regime identity: va = pa. */
#ifndef DEVICES_H
#define DEVICES_H
#include "stubborn/kernel.h"

/* Add a device's page to the live tables; false if there is no room. main.c */
_Bool map_device(uint64_t page);

/* Map the devices. NULL, or why the example does not support this machine. */
const char *machine_start(const struct boot_info *bi);

void float_on(void);			/* enable floating-point registers on this CPU */

/* Call timer_tick (main.c) from an interrupt, every 10 to 20 ms. */
void timer_start(void);

/* Start another CPU in second_main (main.c), on the stack that ends at `top`. NULL, or an error. */
const char *second_start(const struct boot_info *bi, void *top);

void wait_interrupt(void);		/* until one arrives, if they are enabled */

void timer_tick(void);
_Noreturn void second_main(void);

/* float.c: after float_on. The sum of 1/1 + 1/4 + 1/9 + ..., in millionths. */
uint64_t float_sum(uint32_t terms);
#endif
