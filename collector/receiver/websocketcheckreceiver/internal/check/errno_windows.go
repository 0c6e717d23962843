package check

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// systemErrors are the system errors that connecting and communicating can end with, under the names that they have
// elsewhere.
var systemErrors = map[syscall.Errno]string{
	windows.WSAEACCES:        "EACCES",
	windows.WSAEADDRINUSE:    "EADDRINUSE",
	windows.WSAEADDRNOTAVAIL: "EADDRNOTAVAIL",
	windows.WSAEAFNOSUPPORT:  "EAFNOSUPPORT",
	windows.WSAECONNABORTED:  "ECONNABORTED",
	windows.WSAECONNREFUSED:  "ECONNREFUSED",
	windows.WSAECONNRESET:    "ECONNRESET",
	windows.WSAEHOSTDOWN:     "EHOSTDOWN",
	windows.WSAEHOSTUNREACH:  "EHOSTUNREACH",
	windows.WSAEINVAL:        "EINVAL",
	windows.WSAEMFILE:        "EMFILE",
	windows.WSAENETDOWN:      "ENETDOWN",
	windows.WSAENETUNREACH:   "ENETUNREACH",
	windows.WSAENOBUFS:       "ENOBUFS",
	windows.WSAETIMEDOUT:     "ETIMEDOUT",
}
