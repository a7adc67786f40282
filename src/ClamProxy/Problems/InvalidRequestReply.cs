using System.Buffers;
using System.Diagnostics;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ClamProxy.Problems;

/// <summary>
/// Gives Kestrel's own refusals a body: a request that is not valid HTTP never reaches the door. Kestrel tells of each by a diagnostic
/// event, and closes the connection behind a response that has been started by then.
/// </summary>
internal sealed class InvalidRequestReply : IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequestEvent = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>Begins to listen. Other events stay off: ASP.NET Core would make an activity for each request.</summary>
    public static IDisposable Subscribe(DiagnosticListener events) =>
        events.Subscribe(new InvalidRequestReply(), static name => name == BadRequestEvent);

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is IFeatureCollection features
            && features.Get<IHttpResponseFeature>() is { HasStarted: false } response
            && features.Get<IHttpRequestFeature>() is { } request
            && features.Get<IHttpResponseBodyFeature>() is { } start
            && features.Get<IConnectionTransportFeature>()?.Transport.Output is { } output
            && request.Protocol is not ("HTTP/2" or "HTTP/3"))
        {
            var problem = ProblemOf(response.StatusCode);
            var body = HttpMethods.IsHead(request.Method) ? [] : ProblemJson.Render(problem);
            response.ReasonPhrase = problem.Title;
            response.Headers.ContentType = "application/problem+json";
            response.Headers.ContentLength = body.Length;
            response.Headers.CacheControl = "no-store";
            response.Headers.Connection = "close";

            // Without a callback both are done at once; the pipe keeps what the socket does not take yet.
            if (start.StartAsync().IsCompletedSuccessfully)
            {
                output.Write(body);
                _ = output.FlushAsync().AsTask();
            }
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private static Problem ProblemOf(int status) => status switch
    {
        StatusCodes.Status408RequestTimeout => new(
            status, "request-timeout", "Request timeout", "The request's head did not come in time (ClamProxy:ClientHeadTimeout)."),
        StatusCodes.Status414UriTooLong => new(
            status, "target-too-long", "Request target too long", "The request line is longer than ClamProxy:MaxRequestLine."),
        StatusCodes.Status431RequestHeaderFieldsTooLarge => new(
            status,
            "fields-too-large",
            "Request header fields too large",
            "The request has more or longer header fields than are taken (ClamProxy:MaxRequestHeaders)."),
        StatusCodes.Status505HttpVersionNotsupported => new(
            status, "http-version", "HTTP version not supported", "HTTP/1.0, HTTP/1.1 and, with TLS, HTTP/2 are spoken here."),
        StatusCodes.Status400BadRequest => BadRequest.Of(
            "This is not valid HTTP: the request line or a header field cannot be read. A right request begins with a line such as "
                + "GET /simple/ HTTP/1.1, has one Host field, and no control characters."),
        _ => new(status, "bad-request", "Bad request", $"The server refused the request with {status}."),
    };
}
