using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ClamProxy.Core.Policies;

/// <summary>
/// Writes the file of the rules that are added while a process runs. It has the form of the operator's own file, and is replaced as a
/// whole. Processes may share it: one at a time changes it, by a lock that holds within a
/// process too.
/// </summary>
/// <param name="path">The file; empty: there is none.</param>
/// <param name="read">One of <see cref="RuleList"/>.</param>
internal sealed class AddedRules<TRule, TValue>(
    string path, Func<string, IReadOnlyList<TRule>> read, JsonTypeInfo<List<TValue>> type, Func<TRule, TValue> toValue, TimeProvider clock)
    where TRule : class, IRule
{
    private static readonly TimeSpan s_lockPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Writing takes milliseconds: whoever has held the lock for longer than these tries take hangs on a broken disk.</summary>
    private const int MostTries = 100;

    public bool IsOn => path.Length > 0;

    /// <summary>Replaces the rules by what <paramref name="change"/> makes of them; null: they stay.</summary>
    /// <returns>Null, or why that failed.</returns>
    public async Task<string?> ChangeAsync(
        Func<IReadOnlyList<TRule>, IReadOnlyList<TRule>?> change, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var others = await LockAsync(cancellationToken).ConfigureAwait(false);
            if (others is null)
            {
                return "another change of the rules takes too long";
            }

            return change(File.Exists(path) ? read(path) : []) is { } rules ? Write(rules) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return e.Message;
        }
    }

    private async Task<FileStream?> LockAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MostTries; attempt++)
        {
            try
            {
                return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(s_lockPause, clock, cancellationToken).ConfigureAwait(false);
            }
        }

        return null;
    }

    private string? Write(IReadOnlyList<TRule> rules)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes([.. rules.Select(toValue)], type);
        if (bytes.Length > RuleList.MostBytes)
        {
            return $"the file would be larger than {RuleList.MostBytes} bytes";
        }

        var next = $"{path}.{Guid.NewGuid():N}";
        try
        {
            using (var file = new FileStream(next, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(next, path, overwrite: true);
        }
        finally
        {
            File.Delete(next);
        }

        return null;
    }
}
