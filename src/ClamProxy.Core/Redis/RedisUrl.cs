using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClamProxy.Core.Redis;

/// <summary>
/// Reads one REDIS_URL. The first problem found is kept: a few words that hold nothing of the URL, for it holds a password.
/// </summary>
internal sealed class RedisUrl
{
    public const string Takes =
        "redis://[[user]:password@]host[:port][/db], rediss:// for TLS, redis+sentinel://hosts/primary[/db], redis+cluster://hosts, "
        + "or unix:///path (percent-encoded)";

    private const string SentinelUserKey = "sentinel_user";
    private const string SentinelPasswordKey = "sentinel_password";
    private const string DatabaseKey = "db";
    private const string UnixScheme = "unix";
    private const int ServerPort = 6379;
    private const int SentinelPort = 26379;

    // sockaddr_un has 108 bytes, the last one is zero.
    private const int LongestSocketPath = 107;

    private readonly string _scheme;
    private readonly string _userInfo;
    private readonly string _hosts;
    private readonly string _path;
    private readonly Dictionary<string, string> _query = [];
    private string? _problem;

    private RedisUrl(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        _scheme = scheme < 0 ? "" : url[..scheme].ToLowerInvariant();
        var rest = scheme < 0 ? "" : url[(scheme + 3)..];
        Require(scheme > 0, "this is no URL with a scheme and a host");
        Require(
            !rest.Contains('#', StringComparison.Ordinal), "a fragment says nothing here (is a # of the password not percent-encoded?)");
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        ReadQuery(query < 0 ? "" : rest[(query + 1)..]);
        rest = query < 0 ? rest : rest[..query];
        var path = rest.IndexOf('/', StringComparison.Ordinal);
        var authority = path < 0 ? rest : rest[..path];
        _path = path < 0 ? "" : rest[path..];
        Require(!_path.Contains('@', StringComparison.Ordinal) || _scheme == UnixScheme, "a / of user or password is written %2F");
        Require(authority.Count(character => character == '@') < 2, "an @ of user or password is written %40");
        var at = authority.LastIndexOf('@');
        _userInfo = at < 0 ? "" : authority[..at];
        _hosts = authority[(at + 1)..];
    }

    /// <returns>The address, or else the problem.</returns>
    public static (RedisAddress? Address, string? Problem) Parse(string url)
    {
        var parsed = new RedisUrl(url);
        var address = parsed._problem is null ? parsed.Read() : null;
        return parsed._problem is null ? (address, null) : (null, parsed._problem);
    }

    private RedisAddress? Read() => _scheme switch
    {
        "redis" or "rediss" => ReadStandalone(),
        "redis+sentinel" or "rediss+sentinel" => ReadSentinel(),
        "redis+cluster" or "rediss+cluster" => ReadCluster(),
        UnixScheme => ReadSocket(),
        _ => Fail("the scheme is another"),
    };

    private RedisAddress ReadStandalone()
    {
        Allow();
        Require(!_hosts.Contains(',', StringComparison.Ordinal), "several hosts need redis+sentinel:// or redis+cluster://");
        return Address(RedisTopology.Standalone, EndPoints(ServerPort), Database(_path.TrimStart('/')));
    }

    private RedisAddress ReadSentinel()
    {
        Allow(SentinelUserKey, SentinelPasswordKey);
        var parts = _path.Trim('/').Split('/');
        Require(parts[0].Length > 0, "the name of the primary is missing, as in redis+sentinel://host/mymaster");
        Require(parts.Length <= 2, "the path is not the name of the primary and the number of a database");
        return Address(
            RedisTopology.Sentinel, EndPoints(SentinelPort), Database(parts.Length > 1 ? parts[1] : ""), Uri.UnescapeDataString(parts[0]));
    }

    private RedisAddress ReadCluster()
    {
        Allow();
        var database = Database(_path.TrimStart('/'));
        Require(database == 0, "a Cluster has database 0 alone");
        return Address(RedisTopology.Cluster, EndPoints(ServerPort), database);
    }

    private RedisAddress? ReadSocket()
    {
        Allow(DatabaseKey);
        var path = Uri.UnescapeDataString(_path);
        var isPath = path.Length > 1 && Encoding.UTF8.GetByteCount(path) <= LongestSocketPath && !path.Any(char.IsControl);
        Require(
            _hosts.Length == 0 && isPath,
            "a unix socket is an absolute path of 107 bytes at most behind three slashes, as in unix:///run/redis.sock");
        return _problem is null
            ? Address(RedisTopology.Standalone, [new UnixDomainSocketEndPoint(path)], Database(_query.GetValueOrDefault(DatabaseKey, "")))
            : null;
    }

    private RedisAddress Address(RedisTopology topology, IReadOnlyList<EndPoint> endPoints, int database, string? primary = null)
    {
        var (user, password) = Login();
        return new RedisAddress
        {
            Topology = topology,
            EndPoints = endPoints,
            Database = database,
            User = user,
            Password = password,
            IsTls = _scheme.StartsWith("rediss", StringComparison.Ordinal),
            Primary = primary,
            SentinelUser = NotEmpty(_query.GetValueOrDefault(SentinelUserKey)),
            SentinelPassword = NotEmpty(_query.GetValueOrDefault(SentinelPasswordKey)),
        };
    }

    private (string? User, string? Password) Login()
    {
        var colon = _userInfo.IndexOf(':', StringComparison.Ordinal);
        var user = Uri.UnescapeDataString(colon < 0 ? _userInfo : _userInfo[..colon]);
        var password = colon < 0 ? "" : Uri.UnescapeDataString(_userInfo[(colon + 1)..]);
        Require(
            user.Length == 0 || password.Length > 0, "a password alone is written with a colon before it, as in redis://:password@host");
        return (NotEmpty(user), NotEmpty(password));
    }

    /// <summary>A template with an empty variable means none.</summary>
    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private List<EndPoint> EndPoints(int port) =>
        [.. _hosts.Split(',').Select(host => RedisEndPoint.Parse(host, port) ?? Fail<EndPoint>(RedisEndPoint.Takes)).OfType<EndPoint>()];

    private int Database(string text)
    {
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var database);
        Require(text.Length == 0 || isNumber, "what should be the number of a database is none");
        return database;
    }

    private void ReadQuery(string query)
    {
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            _query[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
        }
    }

    private void Allow(params string[] keys) => Require(
        _query.Keys.All(keys.Contains),
        keys.Length == 0
            ? "a query says nothing here (is a ? of the password not percent-encoded?)"
            : $"behind the ? only {string.Join(" and ", keys)} may stand (is a ? of the password not percent-encoded?)");

    private void Require(bool isSo, string problem) => _problem ??= isSo ? null : problem;

    private RedisAddress? Fail(string problem) => Fail<RedisAddress>(problem);

    private T? Fail<T>(string problem)
        where T : class
    {
        Require(false, problem);
        return null;
    }
}
