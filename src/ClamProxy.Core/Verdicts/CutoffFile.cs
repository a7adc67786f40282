using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Verdicts;

/// <summary>Cut-offs in a file beside the stored answers that they are about: a line for each name. Processes may share it.</summary>
/// <param name="path">Empty: there is none.</param>
internal sealed class CutoffFile(string path, ILogger logger)
{
    private const long MostBytes = 1 << 20;

    private bool _hasFailed;

    /// <returns>Nothing where there is none.</returns>
    public IReadOnlyDictionary<string, string> Read() => Try<IReadOnlyDictionary<string, string>>(
        () => File.Exists(path) && new FileInfo(path).Length <= MostBytes
            ? File.ReadLines(path).Select(line => line.Split(' ', 2)).Where(parts => parts.Length == 2)
                .DistinctBy(parts => parts[0]).ToDictionary(parts => parts[0], parts => parts[1])
            : null) ?? ImmutableDictionary<string, string>.Empty;

    /// <summary>Replaces it as a whole.</summary>
    public void Write(IReadOnlyDictionary<string, string> all) => Try<object>(() =>
    {
        var text = new StringBuilder();
        foreach (var (name, value) in all.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append(' ').Append(value).Append('\n');
        }

        var next = $"{path}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllText(next, text.ToString());
            File.Move(next, path, overwrite: true);
        }
        finally
        {
            File.Delete(next);
        }

        return null;
    });

    private T? Try<T>(Func<T?> work)
        where T : class
    {
        if (path.Length == 0)
        {
            return null;
        }

        try
        {
            var result = work();
            _hasFailed = false;
            return result;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed)
            {
                VerdictLog.CutoffsNotKept(logger, path, e.Message);
            }

            _hasFailed = true;
            return null;
        }
    }
}
