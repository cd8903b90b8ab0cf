/* SPDX-License-Identifier: MIT */
/* status.h - what a function that can fail returns, unless false or NULL says enough. */
#ifndef STATUS_H
#define STATUS_H

typedef enum [[nodiscard]] status {
	OK = 0,
	ERR_NOT_FOUND,
	ERR_NO_MEMORY,
	ERR_TOO_SMALL,
	ERR_BAD_FORMAT,
	ERR_UNSUPPORTED,
	ERR_FIRMWARE,
	ERR_BAD_OPTION,
	ERR_SECURITY,
	ERR_IN_USE,
} status_t;

#define TRY(expr)                       \
	do {                            \
		status_t s_ = (expr);   \
		if (s_ != OK)           \
			return s_;      \
	} while (0)
#endif
