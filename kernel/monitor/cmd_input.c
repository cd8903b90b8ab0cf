/* SPDX-License-Identifier: MIT */
/* cmd_input.c - input: lists input devices, how each is read, and what was lost. */
#include "monitor.h"
#include "kernel/dev/input.h"
#include "kernel/dev/receive.h"
#include "kernel/irq/irq.h"
#include "lib/console/console.h"

bool command_input(struct kernel *k, uint32_t n, char **words)
{
	static const char kind[RECEIVE_ERRORS][8] = { "break", "framing", "parity", "overrun" };

	(void)k;
	(void)n;
	(void)words;
	for (uint32_t i = 0; i < INPUT_DEVICES && input_device[i].name; i++) {
		const struct input_device *d = &input_device[i];

		console_print("%s: ", d->name);
		if (input_interrupts(d))
			console_print("interrupt %u, %llu times\n", d->irq,
				      LL(irq_count(d->irq)));
		else
			console_print("polled\n");
	}
	console_print("errors:");
	for (uint32_t i = 0; i < RECEIVE_ERRORS; i++)
		console_print(" %s %u,", kind[i], receive_errors[i]);
	console_print(" lost %llu\n", LL(input_lost));
	return true;
}
