using System.Globalization;
using System.Text;

namespace ClamProxy.Core.Scanning;

/// <summary>What tells one state of a folder of signatures from another: its files' names, lengths and times, as in clamd.</summary>
internal static class SignatureFiles
{
    /// <summary>Those whose change clamd tells by its number, and what the updater keeps there for itself.</summary>
    private static readonly string[] Ignored = ["daily.cvd", "daily.cld", "freshclam.dat", "mirrors.dat"];

    /// <returns>Null: it cannot be read.</returns>
    public static string? Fingerprint(string folder)
    {
        try
        {
            var text = new StringBuilder();
            var files = new DirectoryInfo(folder).EnumerateFiles().Where(file => !Ignored.Contains(file.Name));
            foreach (var file in files.OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"{file.Name}/{file.Length}/{file.LastWriteTimeUtc.Ticks}\n");
            }

            return text.ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // FileNotFoundException among them: a file that the updater took away just now.
            return null;
        }
    }
}
