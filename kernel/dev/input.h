/* SPDX-License-Identifier: MIT */
/*
 * input.h - what is typed, on all devices together: bytes in the order of arrival.
 *
 * A device is read in its interrupt handler. Until its first interrupt it is polled as well, so a
 * wrong interrupt number costs time but not the keyboard. An interrupt that never ends is masked,
 * and its device polled. For the boot CPU only, as it gets all device interrupts.
 */
#ifndef KERNEL_INPUT_H
#define KERNEL_INPUT_H
#include "lib/base.h"

#define INPUT_NONE	(-1)
#define INPUT_DEVICES	4

/* Pass all bytes that wait in a device to input_put(). Called with interrupts masked. */
typedef void input_fn(void);

struct input_device {
	const char *name;	/* a constant */
	input_fn *poll;
	uint32_t irq;		/* 0: none, it is polled */
	uint32_t unread;	/* interrupts since input_byte() or input_wait() last polled it */
};
extern struct input_device input_device[INPUT_DEVICES];	/* ends at a name that is NULL */
extern uint64_t input_lost;	/* bytes lost for lack of room */

/*
 * Read this device from now on. Its interrupt is enabled; with irq 0, or one that cannot be
 * handled, the device is polled. Call it with interrupts masked. NULL if there are INPUT_DEVICES
 * already.
 */
const struct input_device *input_add(const char *name, input_fn *poll, uint32_t irq);

/* Whether its interrupt has arrived at least once. */
bool input_interrupts(const struct input_device *d);

/*
 * Unmask interrupts until this device's has arrived, for at most `ns` nanoseconds. Call it with
 * interrupts masked, as it leaves them.
 */
void input_try(const struct input_device *d, uint64_t ns);

/*
 * Add a typed byte; if the buffer is full, it is lost and counted. For devices, with interrupts
 * masked.
 */
void input_put(uint8_t byte);

/* The next byte, 0 to 255, or INPUT_NONE. Does not wait. */
int input_byte(void);

/* The same, but sleep until there is one. Interrupts are taken meanwhile. */
int input_wait(void);
#endif
