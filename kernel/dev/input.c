/* SPDX-License-Identifier: MIT */
/* input.c - see input.h. */
#include "kernel/dev/input.h"
#include "arch/irq.h"
#include "arch/smp.h"
#include "kernel/irq/irq.h"
#include "kernel/time/clock.h"

#define RING		2048u		/* pasted lines arrive faster than they are echoed */
#define UNREAD_MAX	(1u << 16)	/* interrupts in which nothing is read: it never ends */
#define POLL_TIME	NS_PER_MS	/* 12 bytes at 115200 baud; FIFOs hold 16 */

struct input_device input_device[INPUT_DEVICES];
uint64_t input_lost;

static NOINIT uint8_t ring[RING];
static uint32_t put, taken;		/* bytes so far: the next is ring[taken % RING] */

/*
 * An interrupt that never ends (another device shares its line, or the port's registers are not
 * quite ours) would leave no time for anything else: it loses its handler, and so the next one is
 * masked.
 */
static void interrupt(uint32_t number, void *arg)
{
	struct input_device *d = arg;

	if (++d->unread < UNREAD_MAX) {
		d->poll();
	} else {
		d->irq = 0;
		(void)irq_handle(number, NULL, NULL);
	}
}

const struct input_device *input_add(const char *name, input_fn *poll, uint32_t irq)
{
	for (uint32_t i = 0; i < INPUT_DEVICES; i++) {
		struct input_device *d = &input_device[i];

		if (d->name)
			continue;
		d->name = name;
		d->poll = poll;
		d->irq = irq_handle(irq, interrupt, d) ? irq : 0;
		irq_enable(d->irq);
		return d;
	}
	return NULL;
}

bool input_interrupts(const struct input_device *d)
{
	return irq_count(d->irq) > 0;
}

void input_try(const struct input_device *d, uint64_t ns)
{
	const uint64_t until = clock_now() + ns;
	bool last = !d->irq || !clock_hz;

	while (!last && !input_interrupts(d)) {
		last = clock_now() >= until;	/* a host may stop this CPU for longer than that */
		arch_irq_on();
		arch_pause();
		(void)arch_irq_save();
	}
}

void input_put(uint8_t byte)
{
	if (put - taken == RING)
		input_lost++;
	else
		ring[put++ % RING] = byte;
}

/*
 * Read all devices, as interrupts may have been masked for long. False if every device interrupts,
 * so that an interrupt announces the next byte.
 */
static bool poll(void)
{
	bool polled = false;

	for (uint32_t i = 0; i < INPUT_DEVICES && input_device[i].name; i++) {
		input_device[i].unread = 0;
		input_device[i].poll();
		polled |= !input_interrupts(&input_device[i]);
	}
	return polled;
}

/* With interrupts masked. *polled: polling again may find more. */
static int next(bool *polled)
{
	*polled = poll();
	return put == taken ? INPUT_NONE : ring[taken++ % RING];
}

int input_byte(void)
{
	const uint64_t masked = arch_irq_save();
	bool polled;
	const int byte = next(&polled);

	arch_irq_restore(masked);
	return byte;
}

int input_wait(void)
{
	const uint64_t masked = arch_irq_save();
	bool polled;
	int byte;

	while ((byte = next(&polled)) == INPUT_NONE) {
		if (polled) {
			arch_pause();		/* in case there is no clock */
			time_sleep(POLL_TIME);
		} else {
			arch_wait();
		}
	}
	arch_irq_restore(masked);
	return byte;
}
