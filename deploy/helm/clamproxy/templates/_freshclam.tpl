{{- /* The spec of a Job that brings the volume of signatures up to date. */}}
{{- define "clamproxy.freshclam" -}}
backoffLimit: 2
activeDeadlineSeconds: 1800
template:
  metadata:
    labels:
      {{- include "clamproxy.labels" (dict "root" . "component" "signatures") | nindent 6 }}
  spec:
    restartPolicy: Never
    automountServiceAccountToken: false
    securityContext:
      runAsNonRoot: true
      runAsUser: 100
      runAsGroup: 101
      # The volume is given to this group: that of clamav in the image.
      fsGroup: 101
      fsGroupChangePolicy: OnRootMismatch
      seccompProfile: { type: RuntimeDefault }
    containers:
      - name: freshclam
        image: {{ .Values.clamd.image }}
        command: ["freshclam", "--stdout", "--datadir=/var/lib/clamav"]
        securityContext:
          allowPrivilegeEscalation: false
          capabilities: { drop: [ALL] }
        resources:
          requests: { cpu: 100m, memory: 256Mi }
          # freshclam loads what it has downloaded, as a test.
          limits: { memory: 2Gi }
        volumeMounts:
          - { name: signatures, mountPath: /var/lib/clamav }
    volumes:
      - name: signatures
        persistentVolumeClaim: { claimName: {{ include "clamproxy.name" . }}-clamd-signatures }
{{- end }}
