package signing

import (
	"fmt"
	"io"
	"os"
)

// ReadFile reads a report file once, as a whole. What is no regular file (a pipe, a device,
// a folder) or larger than any report is refused before it is read.
func ReadFile(name string) ([]byte, error) { return readRegular(name, maxAll) }

// readRegular reads a regular file of at most most bytes. It asks before it opens, because
// opening a pipe waits for its writer.
func readRegular(name string, most int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s: too large, at most %d bytes are read", name, most)
	}
	return data, err
}
