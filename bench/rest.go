// The stand-in for the services that put HTTP in front of clamd: the form's file into memory, INSTREAM, a line of JSON.
//
// rest.go PORT CLAMD_SOCKET
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
)

const chunk = 128 << 10

func scan(socket string, content []byte) (string, error) {
	clamd, err := net.Dial("unix", socket)
	if err != nil {
		return "", err
	}
	defer clamd.Close()
	if _, err = clamd.Write([]byte("zINSTREAM\x00")); err != nil {
		return "", err
	}
	for part := content; len(part) > 0; {
		n := len(part)
		if n > chunk {
			n = chunk
		}
		parts := net.Buffers{binary.BigEndian.AppendUint32(nil, uint32(n)), part[:n]}
		if _, err = parts.WriteTo(clamd); err != nil {
			return "", err
		}
		part = part[n:]
	}
	if _, err = clamd.Write(make([]byte, 4)); err != nil {
		return "", err
	}
	reply, err := io.ReadAll(clamd)
	return strings.TrimRight(string(reply), "\x00"), err
}

func main() {
	http.HandleFunc("/scan", func(answer http.ResponseWriter, request *http.Request) {
		form, err := request.MultipartReader()
		if err != nil {
			http.Error(answer, err.Error(), http.StatusBadRequest)
			return
		}
		file, err := form.NextPart()
		if err != nil {
			http.Error(answer, err.Error(), http.StatusBadRequest)
			return
		}
		var content bytes.Buffer
		if _, err = content.ReadFrom(file); err != nil {
			http.Error(answer, err.Error(), http.StatusBadRequest)
			return
		}
		reply, err := scan(os.Args[2], content.Bytes())
		if err != nil || !strings.HasSuffix(reply, ": OK") {
			answer.WriteHeader(http.StatusNotAcceptable)
		}
		json.NewEncoder(answer).Encode(map[string]string{"Status": reply})
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}
