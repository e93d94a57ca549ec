#!/usr/bin/env bash
# Makes the seeds anew: small inputs of every shape, from which the fuzzing starts. Keys are made for this and used for nothing else.
# Needs openssl and python3. Authority, certificate and lists of seeds/pem that fit Targets/TestCertificates.cs are kept, not made.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/seeds"
mkdir -p framing replies zip pem configuration

# Framing: what clients send.
cd framing
printf 'PASS 0123456789abcdef0123456789abcdef\nSEND <agent.1700000000.data> SIZE 11\nhello world' >send-with-password
printf 'SEND <agent.1700000000.data> SIZE 3\nabcSEND <agent.1700000060.data> SIZE 2\nxyQUIT\n' >send-two
printf 'ZSEND <a.data> SIZE 4\nPK\003\004QUIT\n' >zsend
printf 'RECV <agent.conf>\nRECV OK\nQUIT\n' >recv
printf 'ZRECV <agent.md5>\nZRECV OK\nQUIT\n' >zrecv
printf 'LS <>\nLS OK\nMV <agent.1700000000.data>\nMV OK\nQUIT\n' >drain
printf 'SEND <a> SIZE 007\n1234567RECV <\303\274.conf>\nRECV <\377>\nLS <conf>\n' >odd-names
printf 'SEND <a> SIZE 999999999999999999\nSEND <b> SIZE 1000000000000000000\n' >sizes
printf 'SEND <../x/y> SIZE 0\nSEND <a> SIZE 5> SIZE 1\nzPASS\n\nquit\nRECV <a|b>\n' >refused
printf 'RECV <%0255d>\nRECV <%0256d>\n' 1 2 >long-names
{ head -c 1023 /dev/zero | tr '\0' a; printf '\n'; head -c 1024 /dev/zero | tr '\0' b; printf '\n'; } >long-lines
cd ../replies
printf 'SEND OK\n' >ok
printf 'LS SIZE 32\nagent.1.data\n.\n..\n\nb.conf\nlast' >listing
printf 'RECV SIZE 999999999999999999\n' >size
printf 'MV ERR (file not found)\n' >err
printf 'PASS ERR\r\n' >err-bare
printf 'ZRECV ERR ((unbalanced)\n../../etc/passwd\na|b\n$(x)\n\303\274.data\n\377\376\n a\nb \n' >unsafe-names
printf 'QUIT OK\n%0255d\n%0256d\n' 1 2 >long-names
{ printf 'LS SIZE 1025\n'; head -c 1024 /dev/zero | tr '\0' a; printf '\nb\n'; } >long-line
cd ../configuration
cat >tentacle_server.conf <<'C'
# tentacle_server.conf
addresses 127.0.0.1,::1
port 41121
max_connections 20
daemon 1
insecure 1
filters .*\.conf:conf;.*\.md5:md5;.*\.zip:collections
max_size 5000000
overwrite 0
quiet 0
retries 2
directory /var/spool/pandora/data_in
timeout 2.5
verbose 1
log_file /var/log/tentacle.log
password sesame-open
block_size 1024
invalid_chars ?[]
C
printf 'directory /x\r\nport\t41121\r\nssl_version TLSv12:!SSLv3\r\nssl_cipher ECDHE-RSA-AES256-GCM-SHA384\r\nssl_cert /nowhere/c.pem\r\nssl_key /nowhere/k.pem\r\nssl_ca relative.pem\r\nssl_password 1\r\nproxy_ip 10.0.0.1\r\nproxy_port 41122\r\n' >tentacle_server-tls.conf
cat >pandora_server.conf <<'C'
servername pandora
syncserver 1
sync_address 10.0.0.1,site-b:41122, [fe80::1]:41121 , ::1
sync_port 41121
sync_retries 3
sync_timeout 10
sync_block_size 65535
incomingdir /var/spool/pandora/data_in
sync_password sesame-open
sync_connections 4
sync_verify_host 1
C
printf '\357\273\277syncserver yes\nsync_port 0\nsync_adress x\nsync_timeout 0,5\nsync_timeout 1\nsync_ca /nowhere/ca.pem\n' >pandora_server-mistakes.conf
printf '%s' '-a 0.0.0.0 -p 41121 -s /var/spool/pandora/data_in -i.*\.conf:conf;.*\.md5:md5 -I -o -d' >options-init
printf '%s' "-Io -c5 -m '100' -x \"two words\" -l C:\\\\logs\\ here -z TLSv13 -t 0.1 -r 0 -vV -q" >options-quoted
printf '%s' '-b 10.0.0.1 -g 41122 -e /c.pem -k /k.pem -f /ca.pem -w -u A:B -T -S install -h -F /nowhere' >options-relay
printf '%s' '/.*\.conf:conf;.*\.md5:md5;.*\.zip:collections' >filters
printf '%s' '/^[\w-]+\.(\d{2,3}|x)?$:a/b;(?i)\Aagent\z:c;(a+)+b:d;[^\]\[.\s]+:e;(?=a)(?:b|c)\1\b.{1,}?:f' >filters-perl
printf '%s' '/a++:x;\Kx:y;[a-z-[b]]:z;(?<=a)b:../up;\p{L}:/abs' >filters-refused
printf '@10.0.0.0/8' >network
printf '@10.0.0.0/255.255.0.0' >network-mask
printf '@[fe80::]/10' >network-6
printf '@::ffff:10.0.0.1' >network-mapped
printf '@[::1]:41121' >endpoint-6
printf '@host.example:41122' >endpoint
printf '|# access\ntentacle_server : 10. 127.0.0.1/255.0.0.0 EXCEPT 10.1.2.3\nALL: [fe80::]/10, \\\n ALL\nsshd : ALL : deny\n' >hosts
cd ../zip
python3 - <<'P'
import io, struct, zipfile, zlib
text = b'<?xml version="1.0"?><agent_data agent_name="a"/>\n' * 3
def make(name, method=zipfile.ZIP_DEFLATED, content=text, zip64=False, comment=b'', members=1, stream=False):
    out = io.BytesIO()
    class NoSeek(io.RawIOBase):
        def writable(self): return True
        def write(self, b): return out.write(b)
    with zipfile.ZipFile(NoSeek() if stream else out, 'w', method) as z:
        z.comment = comment
        for n in range(members):
            info = zipfile.ZipInfo('a%d.data' % n, (2020, 1, 1, 0, 0, 0))
            info.compress_type = method
            with z.open(info, 'w', force_zip64=zip64) as f: f.write(content)
    open(name, 'wb').write(out.getvalue())
make('stored', zipfile.ZIP_STORED)
make('deflated')
make('empty-member', content=b'')
make('two-members', members=2)
make('comment', comment=b'a comment PK\5\6')
make('data-descriptor', stream=True)
make('zip64-sizes', zip64=True)
make('bzip2', zipfile.ZIP_BZIP2)
make('bomb', content=bytes(300_000))
open('no-members', 'wb').write(b'PK\5\6' + bytes(18))
open('text', 'wb').write(text)
open('noise', 'wb').write(bytes((i * i * 7 + i) % 251 for i in range(600)))
# Zip64 records with an offset that only they have, as archives over 4 GB need.
name, packed = b'a.data', zlib.compress(text, 9)[2:-4]
head = struct.pack('<4s5H3L2H', b'PK\3\4', 45, 0, 8, 0, 0x5021, zlib.crc32(text), len(packed), len(text), len(name), 0) + name + packed
extra = struct.pack('<2HQQQ', 1, 24, len(text), len(packed), 0)
central = struct.pack('<4s6H3L5H2L', b'PK\1\2', 45, 45, 0, 8, 0, 0x5021, zlib.crc32(text), 0xffffffff, 0xffffffff, len(name), len(extra), 0, 0, 0, 0, 0xffffffff) + name + extra
record = struct.pack('<4sQ2H2L4Q', b'PK\6\6', 44, 45, 45, 0, 0, 1, 1, len(central), len(head))
locator = struct.pack('<4sLQL', b'PK\6\7', 0, len(head) + len(central), 1)
end = struct.pack('<4s4H2LH', b'PK\5\6', 0xffff, 0xffff, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0)
open('zip64-records', 'wb').write(head + central + record + locator + end)
P
cd ../pem
# Test keys only: small, and their passphrase (fuzzing) stands in Targets/PemTarget.cs.
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
openssl genrsa -out "$work/rsa" 512 2>/dev/null
openssl ecparam -name prime256v1 -genkey -noout -out "$work/ec"
openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit -out test-key-ec-explicit.pem
openssl ecparam -name prime256v1 -genkey -out test-key-ec-with-parameters.pem
openssl ecparam -name secp521r1 -genkey -noout -out test-key-ec-p521.pem
openssl genpkey -algorithm ed25519 -out test-key-ed25519.pem
openssl rsa -in "$work/rsa" -traditional -out test-key-rsa-pkcs1.pem 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in "$work/rsa" -out test-key-rsa-pkcs8.pem
openssl rsa -in "$work/rsa" -traditional -aes128 -passout pass:fuzzing -out test-key-rsa-pkcs1-aes.pem 2>/dev/null
openssl rsa -in "$work/rsa" -traditional -des3 -passout pass:fuzzing -out test-key-rsa-pkcs1-des3.pem 2>/dev/null
openssl pkcs8 -topk8 -v2 aes256 -iter 1 -passout pass:fuzzing -in "$work/rsa" -out test-key-rsa-pbes2.pem
openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -iter 1 -passout pass:fuzzing -in "$work/rsa" -out test-key-rsa-pbes1.pem
openssl pkcs8 -topk8 -scrypt -scrypt_N 2 -scrypt_r 1 -scrypt_p 1 -passout pass:fuzzing -in "$work/rsa" -out test-key-rsa-scrypt.pem
openssl pkcs8 -topk8 -v2 aes128 -iter 1 -passout pass:wrong -in "$work/ec" -out test-key-ec-wrong-passphrase.pem
cp "$work/ec" test-key-ec-sec1.pem
openssl pkcs8 -topk8 -nocrypt -in "$work/ec" -out test-key-ec-pkcs8.pem
openssl ec -in "$work/ec" -aes128 -passout pass:fuzzing -out test-key-ec-sec1-aes.pem 2>/dev/null
{ cat "$work/ec"; openssl req -new -x509 -key "$work/ec" -subj "/C=ES/O=Fuzz/CN=pair.test" -days 25000 -addext "subjectAltName=DNS:*.fuzz.test,IP:10.0.0.1,email:a@b,URI:http://c" -addext "extendedKeyUsage=serverAuth" -addext "nameConstraints=permitted;DNS:.test" -addext "certificatePolicies=1.2.3.4" 2>/dev/null; } >test-key-and-certificate.pem
openssl req -new -x509 -key "$work/rsa" -subj "/CN=rsa.test" -days 25000 -out certificate-rsa.pem
openssl x509 -in certificate-rsa.pem -trustout -addtrust serverAuth -setalias a -out certificate-trusted.pem
openssl x509 -in certificate-rsa.pem -outform der -out certificate.der
cat certificate-authority.pem certificate-leaf.pem list-clean.crl >bundle.pem
openssl crl -in list-clean.crl -outform der -out list-clean.der
printf 'Bag Attributes\n    friendlyName: x\r\n-----BEGIN CERTIFICATE-----\r\nMIIB\n-----END CERTIFICATE-----\r\n' >short.pem
printf -- '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\nAAAA\n-----END RSA PRIVATE KEY-----\n' >short-encrypted.pem
# The insides of PEM objects, behind the number of their type (PemTarget).
inside() { { printf "\\00$1"; sed -n "/-----BEGIN $2-----/,/-----END/p" "$3" | sed '/^-/d; /:/d' | base64 -d; } >"inside-$4"; }
inside 1 "PRIVATE KEY" test-key-rsa-pkcs8.pem pkcs8-rsa
inside 1 "PRIVATE KEY" test-key-ec-pkcs8.pem pkcs8-ec
inside 1 "PRIVATE KEY" test-key-ed25519.pem pkcs8-ed25519
inside 2 "ENCRYPTED PRIVATE KEY" test-key-rsa-pbes2.pem pbes2
inside 2 "ENCRYPTED PRIVATE KEY" test-key-rsa-pbes1.pem pbes1
inside 2 "ENCRYPTED PRIVATE KEY" test-key-rsa-scrypt.pem scrypt
inside 3 "RSA PRIVATE KEY" test-key-rsa-pkcs1.pem pkcs1
inside 4 "EC PRIVATE KEY" test-key-ec-sec1.pem sec1
inside 4 "EC PRIVATE KEY" test-key-ec-explicit.pem sec1-explicit
inside 5 CERTIFICATE certificate-rsa.pem certificate-rsa
inside 5 CERTIFICATE certificate-leaf.pem certificate-leaf
inside 5 CERTIFICATE test-key-and-certificate.pem certificate-extensions
inside 6 "X509 CRL" list-clean.crl list-clean
inside 6 "X509 CRL" list-revoking.crl list-revoking
