using ClamProxy.Core.Admission;
using ClamProxy.Core.Failures;
using ClamProxy.Core.Files;

namespace ClamProxy.Core.Objects;

/// <summary>
/// Contents as files below one folder, which processes of one user on one machine may share. A file has its name only when it is whole
/// and on the disk. Nobody but that user can read them.
/// </summary>
internal sealed class FolderObjects(string root, ObjectOptions options, TimeProvider clock) : IObjectStore
{
    private readonly FolderDisk _disk = new(root);
    private long _usage;

    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(root));

    public string? Problem => _disk.Room() is { IsFull: true } ? $"the disk of {root} is full" : null;

    public Task<Failure?> PutAsync(string key, IContentReader content, CancellationToken cancellationToken) => DoAsync(() =>
    {
        if (Full(content.Length) is { } full)
        {
            return full;
        }

        _disk.Put(PathOf(key), content, cancellationToken);
        Interlocked.Add(ref _usage, content.Length);
        return null;
    });

    public async Task<ObjectContent> GetAsync(string key, WaitingClients clients, CancellationToken cancellationToken)
    {
        ObjectContent content = new ObjectContent.Missing();
        var failure = await DoAsync(() =>
        {
            content = FolderDisk.Open(PathOf(key)) is { } file
                ? new ObjectContent.Here(new FolderContent(file))
                : new ObjectContent.Missing();
            return null;
        }).ConfigureAwait(false);
        return failure is null ? content : new ObjectContent.Failed(failure);
    }

    public Task<ObjectContent> OpenAsync(string key, WaitingClients clients, CancellationToken cancellationToken) =>
        GetAsync(key, clients, cancellationToken);

    public Task<Failure?> MoveAsync(string key, string newKey, string? sha256, CancellationToken cancellationToken) => DoAsync(() =>
    {
        _disk.Move(PathOf(key), PathOf(newKey));
        return null;
    });

    public Task<Failure?> DeleteAsync(string key, CancellationToken cancellationToken) => DoAsync(() =>
    {
        Interlocked.Add(ref _usage, -FolderDisk.Remove(PathOf(key)));
        return null;
    });

    public async IAsyncEnumerable<ObjectEntry> ListAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long total = 0;
        _disk.SweepTemp(clock.GetUtcNow());
        foreach (var file in _disk.Files())
        {
            cancellationToken.ThrowIfCancellationRequested();
            total += file.Size;
            yield return file;
        }

        // Other processes put contents here too: what this one has counted since is little beside what it did not see.
        Interlocked.Exchange(ref _usage, total);
        await Task.CompletedTask.ConfigureAwait(false);
    }

    private static async Task<Failure?> DoAsync(Func<Failure?> action)
    {
        try
        {
            return await Task.Run(action).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Failure(FailureReason.ObjectsUnavailable, "The folder of contents cannot be used at the moment.", e);
        }
    }

    private Failure? Full(long length) =>
        Interlocked.Read(ref _usage) + length > options.MaxTotal
            ? new(FailureReason.ObjectsFull, "The contents that are kept take as much room as they may (ClamProxy:Objects:MaxTotal).")
        : _disk.Room() is { } room && room.FreeBytes - length < options.MinFree
            ? new(FailureReason.ObjectsFull, "The disk of the contents that are kept is full (ClamProxy:Objects:MinFree).")
        : null;

    private string PathOf(string key) =>
        ObjectKey.IsPlain(key) ? Path.Combine(root, key) : throw new IOException("a key that is no plain path");
}
