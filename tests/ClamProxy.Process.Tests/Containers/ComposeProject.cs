using System.Text.RegularExpressions;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Containers;

/// <summary>
/// docker-compose.yml as a running project. Debian's docker-compose takes the file but for its name, which is said on the command line.
/// </summary>
internal sealed partial class ComposeProject : IAsyncDisposable
{
    private const string Project = "clamproxy";

    private static readonly string[] StandIns = ["nginx", "redis"];

    private readonly ContainerWorld _world;
    private readonly IReadOnlyDictionary<string, string> _variables;
    private readonly TempFolder _folder = new();

    private ComposeProject(ContainerWorld world, IReadOnlyDictionary<string, string> variables) =>
        (_world, _variables) = (world, variables);

    private static string Compose => File.ReadAllText(Repository.File("docker-compose.yml"));

    /// <summary>Starts all services, each once those it depends on are healthy, and waits until the last one is.</summary>
    public static async Task<ComposeProject> StartAsync(ContainerWorld world, IReadOnlyDictionary<string, string> variables)
    {
        var project = new ComposeProject(world, variables);
        try
        {
            foreach (var image in Image().Matches(Compose).Select(match => match.Groups[1].Value))
            {
                if (StandIns.Contains(image.Split(':')[0]))
                {
                    await world.Engine.AddStandInAsync(image.Split(':')[0], $"localhost/{image}");
                }
            }

            var named = Compose.Replace($"\nname: {Project}\n", "\n", StringComparison.Ordinal);
            await File.WriteAllTextAsync(project._folder.File("compose.yml"), named);
            await project.RunAsync("up", "--detach", "--no-build");
            await world.WaitUntilHealthyAsync(Container("nginx"));
            return project;
        }
        catch
        {
            await project.DisposeAsync();
            throw;
        }
    }

    public Task<string> ExecAsync(string service, params string[] command) =>
        _world.Engine.PodmanAsync(["exec", Container(service), .. command]);

    public Task<string> LogAsync(string service) => _world.Engine.PodmanAsync("logs", Container(service));

    public async Task<string> InspectAsync(string service, string format) =>
        (await _world.Engine.PodmanAsync("inspect", Container(service), "--format", format)).Trim();

    /// <summary>Asks a service to end, and gives it the time that its stop_grace_period says.</summary>
    public Task StopAsync(string service) => RunAsync("stop", service);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down", "--volumes", "--timeout", "1");
        _folder.Dispose();
    }

    private static string Container(string service) => $"{Project}_{service}_1";

    private Task<string> RunAsync(params string[] command)
    {
        string[] project = ["--file", _folder.File("compose.yml"), "--project-directory", Repository.Folder, "--project-name", Project];
        return _world.Engine.ComposeAsync(_variables, [.. project, .. command]);
    }

    [GeneratedRegex(@"\n    image: (\S+)")]
    private static partial Regex Image();
}
