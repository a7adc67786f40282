FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src

# Restored apart from the code, so that a change of code downloads no package again.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/ClamProxy.Core/ClamProxy.Core.csproj src/ClamProxy.Core/packages.lock.json src/ClamProxy.Core/
COPY src/ClamProxy/ClamProxy.csproj src/ClamProxy/packages.lock.json src/ClamProxy/
RUN dotnet restore src/ClamProxy/ClamProxy.csproj --locked-mode --use-current-runtime

COPY src/ src/
# The image starts it by dotnet: no launcher of its own is needed.
RUN dotnet publish src/ClamProxy/ClamProxy.csproj --configuration Release --no-restore --property UseAppHost=false --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
LABEL org.opencontainers.image.title="ClamProxy" \
      org.opencontainers.image.description="A caching HTTP reverse proxy that lets no file through before ClamAV has scanned it" \
      org.opencontainers.image.licenses="MIT"
WORKDIR /app
COPY --from=build /app ./

# A volume made from this folder takes its owner over: the process has no rights beyond it and /tmp. Stored files and the spool go there where it can be
# written to; else (a read-only root without a volume, another user) there is no store, a warning says so, and the spool is in /tmp. No VOLUME: every
# container without one of its own would leave 10 GB behind.
RUN mkdir --parents /var/lib/clamproxy && chown "$APP_UID:$APP_UID" /var/lib/clamproxy
USER $APP_UID

# Management listens on the container's loopback, where the health check below asks; MANAGEMENT_ADDRESS=any lets probes and collectors in.
# The base image's ASPNETCORE_HTTP_PORTS is emptied: PORT and MANAGEMENT_PORT say where to listen. The compiler's thread never ends: to begin
# it again takes descriptors, which a crowd may have taken all (docs/operations.md).
ENV ASPNETCORE_HTTP_PORTS= \
    PORT=8080 \
    MANAGEMENT_PORT=8081 \
    STORE_PATH_DEFAULT=/var/lib/clamproxy \
    DOTNET_EnableDiagnostics=0 \
    DOTNET_TC_BackgroundWorkerTimeoutMs=FFFFFFFF

EXPOSE 8080 8081

# The base image has no curl; bash speaks enough HTTP. Alive, not ready: a restart does not mend a missing scanner.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["bash", "-c", "exec 3<>\"/dev/tcp/127.0.0.1/$MANAGEMENT_PORT\" && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]

ENTRYPOINT ["dotnet", "clamproxy.dll"]
