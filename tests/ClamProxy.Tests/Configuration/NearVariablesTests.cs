using ClamProxy.Configuration;
using Microsoft.Extensions.Configuration;

namespace ClamProxy.Tests.Configuration;

/// <summary>Which variables are taken for misspelt ones of ours, and which for other programs'.</summary>
public sealed class NearVariablesTests
{
    [Theory]
    [InlineData("STORE_PTH", "STORE_PATH")]
    [InlineData("STOER_PATH", "STORE_PATH")]
    [InlineData("STOREPATH", "STORE_PATH")]
    [InlineData("STORE__PATH", "STORE_PATH")]
    [InlineData("ALLOWED_UPSTREAM", "ALLOWED_UPSTREAMS")]
    [InlineData("ALOWED_UPSTREAM", "ALLOWED_UPSTREAMS")]
    [InlineData("TRUSTED_PROXY", "TRUSTED_PROXIES")]
    [InlineData("REDIS_URI", "REDIS_URL")]
    [InlineData("CLAMD_HOST", "CLAMD_HOSTS")]
    [InlineData("PRESET", "PRESETS")]
    [InlineData("NPM_UPSTREEM", "NPM_UPSTREAM")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPONT", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    public void NearMiss_IsAProblemWithASuggestion(string name, string near) =>
        Assert.StartsWith(
            $"{name}: no such variable; did you mean {near}?", Assert.Single(Problems((name, "s3cret"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("PATH", "/bin")]
    [InlineData("HOST", "x")]
    [InlineData("PORTS", "80")]
    [InlineData("POST", "x")]
    [InlineData("HTTP_PORTS", "8080")]
    [InlineData("REDIS_PORT_6379_TCP", "tcp://10.0.0.1:6379")]
    [InlineData("REDIS_PORT_6379_TCP_ADDR", "10.0.0.1")]
    [InlineData("REDIS_SERVICE_HOST", "10.0.0.1")]
    [InlineData("REDIS_SERVICE_PORT", "6379")]
    [InlineData("REDIS2_PORT", "tcp://10.0.0.1:6379")]
    [InlineData("CLAMD_PORT", "tcp://10.0.0.1:3310")]
    [InlineData("RPM_UPSTREAM", "x")]
    [InlineData("OTEL_BLRP_SCHEDULE_DELAY", "1")]
    [InlineData("OTEL_LOGS_EXPORTER", "none")]
    [InlineData("HTTPS_PROXY", "x")]
    [InlineData("LOGNAME", "root")]
    [InlineData("JAVA_HOME", "x")]
    [InlineData("STORE_PTH", "")]
    [InlineData("IGNORED_BY_US", "1")]
    public void VariableOfAnotherProgram_IsNone(string name, string value) => Assert.Empty(Problems((name, value)));

    [Fact]
    public void VariableThatIsSetCorrectlyToo_ExplainsTheOther() =>
        Assert.Empty(Problems(("REDIS_URI", "x"), ("REDIS_URL", "redis://x")));

    [Fact]
    public void IgnoredVariable_IsNoProblem() =>
        Assert.Empty(Problems(("REDIS_URI", "x"), ("IGNORED_VARIABLES", "JAVA_HOME,redis_uri")));

    [Fact]
    public void NearMiss_StopsTheStart()
    {
        var (application, problems) = ProxyApplication.Build(["--ALLOWED_UPSTREAM=pypi.org"]);

        Assert.Null(application);
        Assert.Contains("did you mean ALLOWED_UPSTREAMS?", Assert.Single(problems), StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Problems(params (string Name, string Value)[] variables)
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection(
            variables.Select(
                one => KeyValuePair.Create(one.Name.Replace("__", ":", StringComparison.Ordinal), (string?)one.Value))).Build();
        string[] known =
        [
            "STORE_PATH", "STORE_SIZE", "ALLOWED_UPSTREAMS", "TRUSTED_PROXIES", "REDIS_URL", "REDIS_HOST", "REDIS_PORT", "CLAMD_HOSTS",
            "CLAMD_URL", "PRESETS", "PORT", "NPM_UPSTREAM", "PYPI_UPSTREAM", "GO_UPSTREAM", "OTEL_EXPORTER_OTLP_ENDPOINT",
            "OTEL_BSP_SCHEDULE_DELAY", "OTEL_TRACES_EXPORTER", "LOG_LEVEL", "IGNORED_VARIABLES", "MANAGEMENT_PORT", "PROXY_CREDENTIALS",
        ];
        var ignored = new SettingsReader(root).Read<VariableOptions>().IgnoredVariables;
        return [.. new NearVariables(known, ignored).Find(root)];
    }
}
