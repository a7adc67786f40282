using ClamProxy.Problems;

namespace ClamProxy.Connections;

/// <summary>How long a request's header fields may be.</summary>
internal static class RequestHead
{
    /// <summary>What is longer than the operator allows; null: nothing.</summary>
    public static Problem? TooLong(IHeaderDictionary headers, ConnectionOptions options)
    {
        long total = 0;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                var length = name.Length + (value?.Length ?? 0);
                total += length;
                if (length > options.MaxRequestField)
                {
                    return TooLarge($"The request's header field {SafeText.Cut(name, 40)} is longer than {options.MaxRequestField} bytes.");
                }
            }
        }

        return total > options.MaxRequestHeaders
            ? TooLarge($"The request's header fields are longer than {options.MaxRequestHeaders} bytes together.")
            : null;
    }

    private static Problem TooLarge(string detail) =>
        new(StatusCodes.Status431RequestHeaderFieldsTooLarge, "fields-too-large", "Request header fields too large", detail);
}
