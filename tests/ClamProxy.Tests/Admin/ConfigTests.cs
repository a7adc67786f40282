using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClamProxy.Admin.Commands;
using ClamProxy.Configuration;
using ClamProxy.Core.Settings;
using ClamProxy.TestKit;
using ClamProxy.Tests.Configuration;

namespace ClamProxy.Tests.Admin;

/// <summary>The effective configuration has every setting and where it comes from, and no secret.</summary>
public sealed class ConfigTests : IDisposable
{
    private const string Marker = "PLANTED-SECRET-7f3a";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EverySetting_HasItsValueAndOriginAndNoSecret()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData("token"u8));
        await File.WriteAllTextAsync(
            _folder.File("appsettings.json"),
            """{ "ClamProxy": { "Verdicts": { "CacheTtl": "1h" } } }""",
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder.File("token"), Marker, TestContext.Current.CancellationToken);
        await using var world = await AdminWorld.StartAsync(
            _folder,
            $"--contentRoot={_folder.Path}",
            $"--VERDICT_KEY={Marker}-{Marker}",
            $"--API_CREDENTIALS=ada:sha256:{hash}",
            $"--UPSTREAM_PROXY=http://user:{Marker}@127.0.0.1:9",
            $"--S3_ACCESS_KEY={Marker}", $"--S3_SECRET_KEY={Marker}",
            $"--OTEL_EXPORTER_OTLP_HEADERS=api-key={Marker}",
            $"--ClamProxy:Routes:pypi:Path=/pypi", "--ClamProxy:Routes:pypi:Upstream=https://pypi.org/",
            $"--ClamProxy:Routes:pypi:Credential=bearer file:{_folder.File("token")}");

        var answer = await world.GetAsync("/config");
        var command = await world.RunAsync("config", "show");

        Assert.Equal(200, answer.Status);
        var text = Encoding.UTF8.GetString(answer.Body);
        Assert.DoesNotContain(Marker, text + command.Output + command.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(hash, text, StringComparison.Ordinal);
        var settings = AdminWorld.Json(answer).GetProperty("settings").EnumerateArray().ToDictionary(
            one => one.GetProperty("key").GetString()!,
            one => (one.GetProperty("value").GetString(), one.GetProperty("origin").GetString()));
        Assert.Equal(("1h", _folder.File("appsettings.json")), settings["ClamProxy:Verdicts:CacheTtl"]);
        Assert.Equal(("***", "command line"), settings["ClamProxy:Verdicts:Keys"]);
        Assert.Equal(("http://***@127.0.0.1:9", "command line"), settings["ClamProxy:Download:Proxy"]);
        Assert.Equal(("/pypi", "command line"), settings["ClamProxy:Routes:pypi:Path"]);
        Assert.Equal(("***", "command line"), settings["ClamProxy:Routes:pypi:Credential"]);
        Assert.Equal(("00:00:02", "default"), settings["ClamProxy:Gate:SignatureInterval"]);
        Assert.Equal((null, "default"), settings["ClamProxy:Policies:BlocksFile"]);
    }

    /// <summary>Who adds a setting that is a secret marks it, and is told here if its name says so.</summary>
    [Fact]
    public void SettingWhoseNameSaysSecret_IsMarked()
    {
        string[] words = ["Secret", "Password", "Token", "Credential", "AccessKey"];
        string[] harmless = ["ClamProxy:CredentialFields"];
        var unmarked = SettingRow.Sections(typeof(SettingsReader).Assembly, typeof(ISettings).Assembly)
            .SelectMany(type => Nested(type))
            .SelectMany(type => SettingShape.Properties(type).Select(property => (Type: type, Property: property)))
            .Where(one => SettingShape.Of(one.Property.PropertyType).Element == typeof(string))
            .Where(one => words.Any(word => one.Property.Name.Contains(word, StringComparison.Ordinal)))
            .Where(one => !SettingShape.Setting(one.Property).Secret)
            .Select(one => $"ClamProxy:{one.Property.Name}")
            .Except(harmless);

        Assert.Empty(unmarked);
    }

    [Theory]
    [InlineData("""{ "ClamProxy": { "Verdicts": { "CacheTtl": "1h" } } }""", 0, "")]
    [InlineData("""{ "ClamProxy": { "Verdicts": { "CacheTtl": "never" } } }""", 1, "ClamProxy:Verdicts:CacheTtl=never: takes")]
    [InlineData("""{ "ClamProxy": { "Verdits": { "CacheTtl": "1h" } } }""", 1, "no such setting; did you mean Verdicts?")]
    [InlineData("{", 1, "Failed to load configuration from file")]
    public async Task ConfigCheck_SaysWhatIsWrong(string json, int exitCode, string problem)
    {
        var file = _folder.File("checked.json");
        await File.WriteAllTextAsync(file, json, TestContext.Current.CancellationToken);
        await using var output = new StringWriter();
        await using var error = new StringWriter();

        Assert.Equal(exitCode, await AdminCommand.RunAsync(["config", "check", file], output, error));

        Assert.Contains(problem, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(exitCode == 0, output.ToString().Contains("the configuration is right", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ConfigCheck_AsJson_HasTheProblems()
    {
        await using var output = new StringWriter();

        Assert.Equal(1, await AdminCommand.RunAsync(["config", "check", "/nowhere/x.json", "--json"], output, TextWriter.Null));

        var answer = JsonSerializer.Deserialize<JsonElement>(output.ToString());
        Assert.False(answer.GetProperty("right").GetBoolean());
        var problem = Assert.Single(answer.GetProperty("problems").EnumerateArray()).GetString();
        Assert.Contains("/nowhere/x.json", problem, StringComparison.Ordinal);
    }

    private static IEnumerable<Type> Nested(Type type) => SettingShape.Properties(type)
        .Select(property => SettingShape.Of(property.PropertyType))
        .Where(shape => shape.Kind is SettingKind.Map or SettingKind.Objects)
        .SelectMany(shape => Nested(shape.Element))
        .Append(type);
}
