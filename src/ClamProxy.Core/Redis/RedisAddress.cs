using System.Buffers;
using System.Globalization;

namespace ClamProxy.Core.Redis;

/// <summary>A REDIS_URL taken apart. Its password leaves it only towards Redis: <see cref="ToString"/> and <see cref="Mask"/> hide it.</summary>
internal sealed class RedisAddress
{
    public const string Takes = "redis://[:password@]host[:port][/db], or rediss:// for TLS, special characters of the password percent-encoded";

    private const int DefaultPort = 6379;
    private const string Hidden = "***";

    // What Redis itself calls the user that AUTH without a user name means.
    private const string DefaultUser = "default";

    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("@.-_:[]/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private RedisAddress(string host, int port, int database, string? password, bool isTls) =>
        (Host, Port, Database, Password, IsTls) = (host, port, database, password, isTls);

    /// <summary>A name or an IPv4 address.</summary>
    public string Host { get; }

    public int Port { get; }

    public int Database { get; }

    /// <summary>Percent-decoded; null when there is none.</summary>
    public string? Password { get; }

    public bool IsTls { get; }

    /// <returns>The address, or else the problem: a few words that hold nothing of the URL.</returns>
    public static (RedisAddress? Address, string? Problem) Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return (null, "this is no URL with a host");
        }

        if (uri.Scheme is not ("redis" or "rediss"))
        {
            return (null, "the scheme is another");
        }

        if (uri.HostNameType == UriHostNameType.IPv6)
        {
            return (null, "this Redis client reaches IPv4 alone: give a name or an IPv4 address");
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return (null, "a query or a fragment says nothing here (is a ? or # of the password not percent-encoded?)");
        }

        if (!TryReadDatabase(uri.AbsolutePath, out var database))
        {
            return (null, "the path is not the number of a database");
        }

        if (ReadUserInfo(uri.UserInfo, out var password) is { } problem)
        {
            return (null, problem);
        }

        var port = uri.Port < 0 ? DefaultPort : uri.Port;
        return port == 0
            ? (null, "port 0 cannot be connected to")
            : (new RedisAddress(uri.Host, port, database, password, uri.Scheme == "rediss"), null);
    }

    /// <summary>A URL as it was given, with everything hidden that may be a user name or a password, however malformed it is.</summary>
    public static string MaskUrl(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme is < 0 or > 8)
        {
            return Hidden;
        }

        var at = url.LastIndexOf('@');
        var start = url[..(scheme + 3)];
        var end = at < 0 ? url[start.Length..] : url[at..];

        // Elsewhere a password is an option behind a comma or a question mark: show only what looks like host, port and number.
        return end.AsSpan().ContainsAnyExcept(HostCharacters) ? start + Hidden : start + (at < 0 ? "" : Hidden) + end;
    }

    /// <summary>Text from Redis or from an exception without the password: Redis repeats the arguments of a command it does not know.</summary>
    public string Mask(string text) => Password is null ? text : text.Replace(Password, Hidden, StringComparison.Ordinal);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsTls ? "rediss" : "redis")}://{(Password is null ? "" : Hidden + "@")}{Host}:{Port}/{Database}");

    private static bool TryReadDatabase(string path, out int database)
    {
        database = 0;
        return path is "" or "/" || int.TryParse(path.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out database);
    }

    private static string? ReadUserInfo(string userInfo, out string? password)
    {
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? userInfo : userInfo[..colon]);
        var secret = colon < 0 ? "" : Uri.UnescapeDataString(userInfo[(colon + 1)..]);
        password = secret.Length == 0 ? null : secret;
        if (user.Length == 0)
        {
            return null;
        }

        if (password is null)
        {
            return "a password alone is written with a colon before it, as in redis://:password@host";
        }

        return user == DefaultUser
            ? null
            : "a user name other than \"default\" cannot be sent by this Redis client: give the default user a password instead";
    }
}
