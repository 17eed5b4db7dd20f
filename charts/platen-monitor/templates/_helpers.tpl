{{- define "platen-monitor.selector" -}}
app.kubernetes.io/name: platen-monitor
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "platen-monitor.labels" -}}
{{ include "platen-monitor.selector" . }}
app.kubernetes.io/component: monitor
app.kubernetes.io/part-of: platen
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- /* registry/name:tag, or registry/name@sha256:... */ -}}
{{- define "platen-monitor.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{- /* The Secrets that hold the code, the password and what the printers know the monitor by: ours, or existing ones. */ -}}
{{- define "platen-monitor.enrolSecret" -}}
{{ .Values.enrol.existingSecret | default (printf "%s-enrol" .Release.Name) }}
{{- end }}
{{- define "platen-monitor.xmppSecret" -}}
{{ .Values.xmpp.existingSecret | default (printf "%s-xmpp" .Release.Name) }}
{{- end }}
{{- define "platen-monitor.snmpSecret" -}}
{{ .Values.snmp.existingSecret | default (printf "%s-snmp" .Release.Name) }}
{{- end }}

{{- /* PEM, for enrolment or for XMPP: never both. */ -}}
{{- define "platen-monitor.authority" -}}
{{ .Values.enrol.certificateAuthority | default .Values.xmpp.certificateAuthority }}
{{- end }}

{{- define "platen-monitor.healthHost" -}}
{{- if and .Values.hostNetwork (not .Values.metrics.enabled) -}}
127.0.0.1
{{- else -}}
0.0.0.0
{{- end -}}
{{- end }}

{{- define "platen-monitor.probe" -}}
httpGet:
  path: {{ .path }}
  port: health
  {{- if eq (include "platen-monitor.healthHost" .root) "127.0.0.1" }}
  host: 127.0.0.1
  {{- end }}
timeoutSeconds: 5
{{- end }}
