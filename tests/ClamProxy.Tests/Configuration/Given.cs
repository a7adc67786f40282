using System.Text;
using ClamProxy.Configuration;
using Microsoft.Extensions.Configuration;

namespace ClamProxy.Tests.Configuration;

/// <summary>Configuration as the host has it: a JSON file, then the environment over it.</summary>
internal static class Given
{
    public static SettingsReader Settings(string json, params (string Name, string Value)[] environment) =>
        new(Configuration(json, environment));

    public static SettingsReader Environment(params (string Name, string Value)[] environment) => Settings("{}", environment);

    private static IConfigurationRoot Configuration(string json, (string Name, string Value)[] environment)
    {
        // The environment belongs to the whole process: a prefix of its own keeps tests apart.
        var prefix = $"T{Guid.NewGuid():N}_";
        foreach (var (name, value) in environment)
        {
            System.Environment.SetEnvironmentVariable(prefix + name, value);
        }

        return new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)))
            .AddEnvironmentVariables(prefix)
            .Build();
    }
}
