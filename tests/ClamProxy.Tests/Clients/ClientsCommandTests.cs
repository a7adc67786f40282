using ClamProxy.Clients;
using ClamProxy.Presets;
using ClamProxy.Starting;

namespace ClamProxy.Tests.Clients;

public sealed class ClientsCommandTests : IDisposable
{
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task NoRoute_SaysHowToGetOne()
    {
        Assert.Equal(1, await RunAsync());
        Assert.Equal("", _output.ToString());
        Assert.Contains("PRESETS", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongSetting_IsToldAsAtTheStart()
    {
        Assert.Equal(StartFailure.ExitCode, await RunAsync("PRESETS=npm"));
        Assert.StartsWith("NPM_UPSTREAM=: takes", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task Pypi_TellsPipAndUvAndNobodyElse()
    {
        Assert.Equal(0, await RunAsync("PRESETS=pypi", "PORT=8888"));

        Assert.Equal(
            """
            # ClamProxy at http://localhost:8888/ (set PUBLIC_URL if clients reach it under another name)

            #### pip: ~/.config/pip/pip.conf, /etc/pip.conf, or the file that PIP_CONFIG_FILE names
            [global]
            index-url = http://localhost:8888/pypi/simple/
            trusted-host = localhost

            #### uv: ~/.config/uv/uv.toml
            [[index]]
            url = 'http://localhost:8888/pypi/simple/'
            default = true

            """,
            _output.ToString());
    }

    [Theory]
    [InlineData(
        "npm",
        "registry=http://localhost:8080/npm/",
        "replace-registry-host=npm.example.org",
        "npmRegistryServer: 'http://localhost:8080/npm'",
        "  - 'localhost'")]
    [InlineData("nuget", "    <add key='clamproxy' value='http://localhost:8080/nuget/v3/index.json' allowInsecureConnections='true' />")]
    [InlineData("maven", "      <mirrorOf>*</mirrorOf>", "      <url>http://localhost:8080/maven/</url>")]
    [InlineData(
        "debian", "deb http://localhost:8080/debian bookworm main", "deb http://localhost:8080/debian-security bookworm-security main")]
    [InlineData("cargo", "replace-with = 'clamproxy'", "registry = 'sparse+http://localhost:8080/cargo/'")]
    [InlineData("go", "export GOPROXY=http://localhost:8080/go", "export GONOPROXY=none")]
    [InlineData("generic", "curl -fO http://localhost:8080/generic/some/file", "wget http://localhost:8080/generic/some/file")]
    public async Task Preset_TellsItsClients(string name, params string[] lines)
    {
        Assert.Equal(
            0,
            await RunAsync(
                [$"PRESETS={name}", .. PresetCatalog.All[name].Upstreams.Select(upstream => $"{upstream.Key}={upstream.Value.Example}")]));

        var printed = _output.ToString().Split('\n');
        Assert.All(lines, line => Assert.Contains(line, printed));
        Assert.DoesNotContain("${", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(PresetCatalog.All[name].Clients.Count, printed.Count(line => line.StartsWith("####", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task PublicUrl_IsWhatClientsAreTold()
    {
        Assert.Equal(
            0,
            await RunAsync(
                "PRESETS=pypi,npm,nuget",
                "NPM_UPSTREAM=https://npm.example/",
                "NUGET_UPSTREAM=https://nuget.example/",
                "PUBLIC_URL=https://packages.example/build/"));

        var printed = _output.ToString();
        Assert.Contains("index-url = https://packages.example/build/pypi/simple/\n", printed, StringComparison.Ordinal);
        Assert.Contains("allowInsecureConnections='false'", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("trusted-host", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafeHttpWhitelist", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("localhost", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LineOfAnUpstreamThatIsNotGiven_IsLeftOut()
    {
        Assert.Equal(0, await RunAsync("PRESETS=debian", "DEBIAN_UPSTREAM=http://deb.example/debian/"));
        Assert.Contains("bookworm main", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("security", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RouteOfOnesOwn_IsToldToCurl()
    {
        Assert.Equal(0, await RunAsync("ClamProxy:Routes:models:Path=/models", "ClamProxy:Routes:models:Upstream=https://models.example/"));
        Assert.Contains(
            "#### route models\ncurl -fO http://localhost:8080/models/some/file\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_AreMentionedAndNotShown()
    {
        var hash = new string('a', 64);
        Assert.Equal(0, await RunAsync("PRESETS=pypi", $"PROXY_CREDENTIALS=me:sha256:{hash}"));
        Assert.Contains("PROXY_CREDENTIALS", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(hash, _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_HasALineForNpmAndForYarn()
    {
        Assert.Equal(
            0,
            await RunAsync(
                "PRESETS=npm",
                "NPM_UPSTREAM=https://npm.example/",
                "PUBLIC_URL=https://packages.example:8443/build",
                $"PROXY_CREDENTIALS=me:sha256:{new string('a', 64)}"));

        Assert.Contains(
            "\n//packages.example:8443/build/npm/:_authToken=${CLAMPROXY_TOKEN}\n", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\nnpmAuthToken: '${CLAMPROXY_TOKEN}'\n", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("npm-files", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PasswordsOnly_HaveNoLineForTokens()
    {
        Assert.Equal(
            0,
            await RunAsync(
                "PRESETS=npm",
                "NPM_UPSTREAM=https://npm.example/",
                $"PROXY_CREDENTIALS=me:pbkdf2:100000:{new string('a', 32)}:{new string('a', 64)}"));

        Assert.DoesNotContain("TOKEN", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://packages.example/", true)]
    [InlineData("http://packages.example/", false)]
    public async Task OwnCertificateAuthority_HasALineForApt(string publicUrl, bool isTold)
    {
        Assert.Equal(0, await RunAsync("PRESETS=debian", "DEBIAN_UPSTREAM=http://deb.example/debian/", $"PUBLIC_URL={publicUrl}"));

        Assert.Equal(
            isTold,
            _output.ToString().Contains(
                "\n# Acquire::https::packages.example::CaInfo \"/etc/ssl/certs/your-ca.pem\";\n", StringComparison.Ordinal));
        Assert.DoesNotContain("auth.conf", _output.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] settings) =>
        ClientsCommand.RunAsync([.. settings.Select(setting => "--" + setting), "--LOG_LEVEL=None"], _output, _error);
}
