{{- define "platen-operator.selector" -}}
app.kubernetes.io/name: platen-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "platen-operator.labels" -}}
{{ include "platen-operator.selector" . }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: platen
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- /* registry/name:tag, or registry/name@sha256:... */ -}}
{{- define "platen-operator.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "platen-operator.subject" -}}
- kind: ServiceAccount
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
{{- end }}
