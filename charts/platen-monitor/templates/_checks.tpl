{{- /* What a schema cannot say, or not in a sentence: everything that is missing or contradicts itself. */ -}}
{{- define "platen-monitor.check" -}}
{{- $problems := concat
  (include "platen-monitor.accountProblems" . | fromYamlArray)
  (include "platen-monitor.networkProblems" . | fromYamlArray)
  (include "platen-monitor.snmpProblems" . | fromYamlArray)
  (include "platen-monitor.volumeProblems" . | fromYamlArray)
}}
{{- /* The StatefulSet's pods carry its name and a hash as a label of 63 characters. */ -}}
{{- if gt (len .Release.Name) 52 }}
{{- $problems = append $problems "the release's name has more than 52 characters; choose a shorter one" }}
{{- end }}
{{- if $problems }}
{{- fail (printf "cannot install a monitor: %s" (join "; " $problems)) }}
{{- end }}
{{- end }}

{{- define "platen-monitor.accountProblems" -}}
{{- $isEnrolled := or .Values.enrol.url .Values.enrol.code .Values.enrol.existingSecret }}
{{- $isByHand := or .Values.xmpp.domain .Values.xmpp.user .Values.xmpp.password .Values.xmpp.existingSecret }}
{{- if and $isEnrolled $isByHand }}
- both enrol and xmpp are set; set enrol for a one-time code, or xmpp for an account made by hand
{{- else if $isByHand }}
{{- range $name := list "domain" "user" }}
{{- if not (index $.Values.xmpp $name) }}
- xmpp.{{ $name }} is empty; set it to that of the account
{{- end }}
{{- end }}
{{- if not (or .Values.xmpp.password .Values.xmpp.existingSecret) }}
- there is no password; set xmpp.password, or xmpp.existingSecret to a Secret with the key password
{{- end }}
{{- if and .Values.xmpp.password .Values.xmpp.existingSecret }}
- both xmpp.password and xmpp.existingSecret are set; set one of them
{{- end }}
{{- else }}
{{- if not .Values.enrol.url }}
- enrol.url is empty; set it to the tenant's address, like https://acme.de.platen.example.com
{{- end }}
{{- if not (or .Values.enrol.code .Values.enrol.existingSecret) }}
- there is no code to enrol with; set enrol.code, or enrol.existingSecret to a Secret with the key code
{{- end }}
{{- if and .Values.enrol.code .Values.enrol.existingSecret }}
- both enrol.code and enrol.existingSecret are set; set one of them
{{- end }}
{{- end }}
{{- if and .Values.xmpp.certificateAuthority (not $isByHand) }}
- xmpp.certificateAuthority is set without xmpp.domain; enrolment brings that authority, and enrol.certificateAuthority is for the address itself
{{- end }}
{{- if and .Values.enrol.certificateAuthority $isByHand }}
- enrol.certificateAuthority is set without enrol.url; set xmpp.certificateAuthority
{{- end }}
{{- end }}

{{- define "platen-monitor.networkProblems" -}}
{{- if not .Values.networks }}
- networks is empty; name the printers' networks, like {192.168.1.0/24}
{{- end }}
{{- range .Values.networks }}
{{- $parts := regexSplit "[./]" . -1 }}
{{- $start := 0 }}
{{- range slice $parts 0 4 }}
{{- $start = add (mul $start 256) (int64 .) }}
{{- end }}
{{- $size := 1 }}
{{- range until (int (sub 32 (int (index $parts 4)))) }}
{{- $size = mul $size 2 }}
{{- end }}
{{- if mod $start $size }}
- the network {{ . }} does not begin there; name it by its first address
{{- end }}
{{- end }}
{{- end }}

{{- define "platen-monitor.snmpProblems" -}}
{{- with .Values.snmp }}
{{- if .existingSecret }}
{{- if or .v3.user .v3.authPassword .v3.privacyPassword }}
- both snmp.existingSecret and snmp.v3 are set; put the user and the passwords into the Secret
{{- end }}
{{- else }}
{{- if not (or .communities .v3.user) }}
- snmp.communities is empty; name a community, or a user of SNMPv3
{{- end }}
{{- range $pair := list
  (list "authPassword" "user") (list "privacyPassword" "authPassword")
  (list "authProtocol" "authPassword") (list "privacyProtocol" "privacyPassword")
}}
{{- if and (index $.Values.snmp.v3 (first $pair)) (not (index $.Values.snmp.v3 (last $pair))) }}
- snmp.v3.{{ first $pair }} is set without snmp.v3.{{ last $pair }}; set both or none
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Beside the quota: SQLite's pages, its write-ahead log, the reserve, refused reports, and what is known of printers. */ -}}
{{- define "platen-monitor.volumeProblems" -}}
{{- $units := dict "Mi" 1 "Gi" 1024 "Ti" 1048576 }}
{{- $size := .Values.persistence.size }}
{{- $mebibytes := mul (int64 (regexFind "^[0-9]+" $size)) (get $units (regexFind "..$" $size)) }}
{{- $least := add 64 (div (mul 5 (int64 .Values.outboxMb)) 4) }}
{{- if lt $mebibytes $least }}
- persistence.size {{ $size }} is too small for outboxMb {{ int64 .Values.outboxMb }}; make it {{ $least }}Mi or more
{{- end }}
{{- end }}
