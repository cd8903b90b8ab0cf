/* SPDX-License-Identifier: MIT */
/*
 * input.h - what is typed, at all devices together: bytes in the order in which they came.
 *
 * A device is read at its interrupt. Until its first interrupt has come it is polled as well, so
 * that a wrong interrupt number costs time and not the keyboard. For the boot CPU only: device
 * interrupts go there.
 */
#ifndef KERNEL_INPUT_H
#define KERNEL_INPUT_H
#include "lib/base.h"

#define INPUT_NONE	(-1)
#define INPUT_DEVICES	4

/* Hand over all that waits in a device, by input_put(). Called with interrupts masked. */
typedef void input_fn(void);

struct input_device {
	const char *name;	/* a constant */
	input_fn *poll;
	uint32_t irq;		/* 0: none, it is polled */
};
extern struct input_device input_device[INPUT_DEVICES];	/* name NULL: no more */
extern uint64_t input_lost;	/* bytes for which there was no room */

/*
 * From now on read this device; its interrupt, or 0, is let through, and masked again if it has a
 * handler already. With interrupts masked. NULL: there are INPUT_DEVICES already.
 */
const struct input_device *input_add(const char *name, input_fn *poll, uint32_t irq);

/* Whether its interrupt has come at least once. */
bool input_interrupts(const struct input_device *d);

/* Take interrupts until this device's has come, or for so many nanoseconds. */
void input_try(const struct input_device *d, uint64_t ns);

/* A byte was typed; for devices. With interrupts masked. */
void input_put(uint8_t byte);

/* The next byte, 0 to 255, or INPUT_NONE. */
int input_byte(void);

/* The same, but sleep until there is one. Interrupts are taken meanwhile. */
int input_wait(void);
#endif
