using System.Text;

namespace ClamProxy.Core.Objects;

/// <summary>The keys that jobs give their contents: <c>{id}_{name}</c>, with an area before it once there is a verdict.</summary>
public static class ObjectKey
{
    /// <summary>The most bytes of a name in a key: with the id and "_" before it, it is one file's name on any file system.</summary>
    private const int MaxNameBytes = 200;

    /// <param name="id">The job's.</param>
    /// <param name="name">What its sender calls the content: any text.</param>
    public static string Of(string id, string name)
    {
        ArgumentNullException.ThrowIfNull(id);
        return $"{id}_{FileNames.Shortened(FileNames.Plain(name), MaxNameBytes)}";
    }

    /// <summary>The job whose content has a key; null: no job of ours has such a one.</summary>
    public static string? IdOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var name = key[(key.LastIndexOf('/') + 1)..];
        var end = name.IndexOf('_', StringComparison.Ordinal);
        return end > 0 && Guid.TryParse(name.AsSpan(0, end), out _) ? name[..end] : null;
    }

    /// <summary>The same content's key in an area such as <c>processed</c>; "" is where it first lay.</summary>
    public static string In(string area, string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var name = key[(key.LastIndexOf('/') + 1)..];
        return string.IsNullOrEmpty(area) ? name : $"{area}/{name}";
    }

    /// <summary>Whether a key is a path of plain names: no empty one, none of dots alone, no control character.</summary>
    public static bool IsPlain(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.Split('/').All(part =>
            part.Trim('.').Length > 0 && Encoding.UTF8.GetByteCount(part) <= 255 && !part.Any(char.IsControl));
    }
}
