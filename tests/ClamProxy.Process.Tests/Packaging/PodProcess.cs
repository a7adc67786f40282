using ClamProxy.TestKit;
using k8s.Models;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>
/// ClamProxy's container of a pod as a process: its environment, user, memory, volumes and read-only root. Its ports and those of its
/// neighbours are this machine's.
/// </summary>
internal sealed class PodProcess : IAsyncDisposable
{
    private readonly MemoryGroup _memory;
    private readonly TempFolder _volumes;

    private PodProcess(ProxyProcess process, MemoryGroup memory, TempFolder volumes) =>
        (Process, _memory, _volumes) = (process, memory, volumes);

    public ProxyProcess Process { get; }

    public long Kills => _memory.Kills;

    /// <param name="container">The container called clamproxy.</param>
    /// <param name="variables">Of its Secret, and in place of what leads to neighbours.</param>
    /// <param name="claims">The folders of volumes that it shares with others, by their names.</param>
    public static async Task<PodProcess> StartAsync(
        V1Container container, IReadOnlyDictionary<string, string> variables, IReadOnlyDictionary<string, string> claims)
    {
        var (volumes, memory) = (new TempFolder(), MemoryGroup.Create(container.Resources.Limits["memory"].ToInt64()));
        try
        {
            var environment = container.Env.GroupBy(one => one.Name).ToDictionary(one => one.Key, one => one.Last().Value);
            foreach (var (name, value) in variables.Append(new("TMPDIR", "/tmp")))
            {
                environment[name] = value;
            }

            var mounts = container.VolumeMounts.OrderBy(mount => mount.MountPath == "/tmp").Select(
                mount => $"{claims.GetValueOrDefault(mount.Name) ?? Writable(volumes.File(mount.Name))}={mount.MountPath}");
            string[] command =
            [
                "unshare", "-m", Repository.File("tests/kubernetes/container.sh"), $"{container.SecurityContext.RunAsUser}",
                memory.Processes, $"{ProxyProgram.Tested.Folder}={ProxyProcess.ContainerFolder}", .. mounts, "--",
            ];
            return new(await ProxyProcess.StartAsync(environment, container: command), memory, volumes);
        }
        catch
        {
            memory.Dispose();
            volumes.Dispose();
            throw;
        }
    }

    public static string Writable(string folder)
    {
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(
            folder,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite
                | UnixFileMode.OtherExecute);
        return folder;
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _memory.Dispose();
        _volumes.Dispose();
    }
}
