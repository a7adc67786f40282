{{- define "clamproxy.name" -}}
{{- if contains "clamproxy" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-clamproxy" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "clamproxy.selector" -}}
app.kubernetes.io/name: {{ ternary "clamav" "clamproxy" (has .component (list "clamd" "signatures")) }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "clamproxy.labels" -}}
{{ include "clamproxy.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- /* The scanners' entry: a name behind which every clamd's address is, or what the operator named. */}}
{{- define "clamproxy.clamdHosts" -}}
{{- if .Values.clamd.enabled -}}
tcp://{{ include "clamproxy.name" . }}-clamd:3310
{{- else -}}
{{ join "," .Values.clamd.hosts }}
{{- end }}
{{- end }}

{{- define "clamproxy.podSecurity" -}}
runAsNonRoot: true
fsGroup: 1654
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "clamproxy.containerSecurity" -}}
runAsUser: 1654
runAsGroup: 1654
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "clamproxy.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- /* A ClamProxy container: dict root, part (its values), doors, stopWithin, env (lines more), ports (lines), mounts (lines more). */}}
{{- define "clamproxy.container" -}}
- name: clamproxy
  image: {{ include "clamproxy.image" .root }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  env:
    - { name: DOORS, value: {{ .doors | quote }} }
    - { name: CLAMD_HOSTS, value: {{ include "clamproxy.clamdHosts" .root | quote }} }
    - { name: SPOOL_PATH, value: /var/spool/clamproxy }
    - { name: MANAGEMENT_ADDRESS, value: any }
    - { name: LOG_FORMAT, value: json }
    - { name: STOP_WITHIN, value: {{ .stopWithin | quote }} }
    {{- range $name, $value := .env }}
    - { name: {{ $name }}, value: {{ $value | quote }} }
    {{- end }}
    {{- range $name, $value := .root.Values.settings }}
    - { name: {{ $name }}, value: {{ $value | quote }} }
    {{- end }}
    {{- range $name, $value := .part.settings }}
    - { name: {{ $name }}, value: {{ $value | quote }} }
    {{- end }}
  {{- with .root.Values.secrets }}
  envFrom:
    {{- range . }}
    - secretRef: { name: {{ . }} }
    {{- end }}
  {{- end }}
  ports:
    - { name: management, containerPort: 8081 }
    {{- range $name, $port := .ports }}
    - { name: {{ $name }}, containerPort: {{ $port }} }
    {{- end }}
  securityContext:
    {{- include "clamproxy.containerSecurity" .root | nindent 4 }}
  # Alive, not ready: a restart does not bring a scanner that is missing, nor signatures that are still being loaded.
  startupProbe:
    httpGet: { path: /healthz, port: management }
    periodSeconds: 2
    failureThreshold: 30
  livenessProbe:
    httpGet: { path: /healthz, port: management }
    periodSeconds: 10
  readinessProbe:
    httpGet: { path: /readyz, port: management }
    periodSeconds: 5
  resources:
    {{- toYaml .part.resources | nindent 4 }}
  volumeMounts:
    - { name: spool, mountPath: /var/spool/clamproxy }
    - { name: temp, mountPath: /tmp }
    {{- range $name, $path := .mounts }}
    - { name: {{ $name }}, mountPath: {{ $path }} }
    {{- end }}
{{- end }}

{{- define "clamproxy.volumes" -}}
- name: spool
  emptyDir: { sizeLimit: {{ .spool }} }
- name: temp
  emptyDir: { medium: Memory, sizeLimit: 64Mi }
{{- end }}

{{- define "clamproxy.serviceAccount" -}}
serviceAccountName: {{ include "clamproxy.name" . }}
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - { name: {{ . }} }
  {{- end }}
{{- end }}
{{- end }}
