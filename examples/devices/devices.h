/* SPDX-License-Identifier: MIT */
/* devices.h - what main.c asks of a CPU and its board. Regime identity: addresses are physical. */
#ifndef DEVICES_H
#define DEVICES_H
#include "stubborn/kernel.h"

/* Add a device's page to the tables in force; false if there is no room. main.c */
_Bool map_device(uint64_t page);

/* Null, or why this machine is not one that the example knows. Maps the devices. */
const char *machine_start(const struct boot_info *bi);

void float_on(void);			/* this CPU may use floating-point registers from now on */

/* An interrupt every few milliseconds, each of which calls timer_tick (main.c). */
void timer_start(void);

/* Let another CPU run second_main (main.c) on the stack whose top is `top`. */
const char *second_start(const struct boot_info *bi, void *top);

void wait_interrupt(void);		/* until one comes, if they are enabled */

void timer_tick(void);
_Noreturn void second_main(void);

/* float.c: after float_on. 1/1 + 1/4 + 1/9 + ..., and a millionth of it as a whole number. */
uint64_t float_sum(uint32_t terms);
#endif
