using ClamProxy.Access;

namespace ClamProxy.Doors.Api;

internal static class ApiRegistration
{
    public static IServiceCollection AddApiDoor(this IServiceCollection services, ApiOptions options) => services
        .AddRouting()
        .AddSingleton(options)
        .AddSingleton<ApiReply>()
        .AddSingleton<ApiAdmission>()
        .AddSingleton<UploadReader>()
        .AddSingleton<Uploads>()
        .AddSingleton<ScanEndpoint>()
        .AddSingleton<UploadEndpoint>()
        .AddSingleton<ScanUrlEndpoint>()
        .AddSingleton<ResultEndpoint>()
        .AddSingleton<FileEndpoint>()
        .AddSingleton<VerdictEndpoint>()
        .AddSingleton<WebhookEndpoint>()
        .AddSingleton<ApiDoor>();

    /// <summary>Answers on the API's listener, and there nothing else. Call it before the proxy's door.</summary>
    public static WebApplication MapApiDoor(this WebApplication application)
    {
        application.MapWhen(ApiConnection.Carries, api =>
        {
            api.UseRouting();
            api.UseEndpoints(Map);
            api.Run(NotFoundAsync);
        });
        return application;
    }

    private static void Map(IEndpointRouteBuilder api)
    {
        Get(api, "/heartbeat", ApiRights.None, context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        Post(api, "/scan", ApiRights.Scan, context => Of<ScanEndpoint>(context).AnswerAsync(context));
        Post(api, "/scan/url", ApiRights.Scan, context => Of<ScanUrlEndpoint>(context).AnswerAsync(context));
        Post(api, "/upload", ApiRights.Scan, context => Of<UploadEndpoint>(context).AnswerAsync(context));
        Get(api, "/result/{id}", ApiRights.Read, context => Of<ResultEndpoint>(context).AnswerOneAsync(context, Id(context)));
        Get(api, "/results", ApiRights.Read, context => Of<ResultEndpoint>(context).AnswerPageAsync(context));
        Get(api, "/download/{id}", ApiRights.Read, context => Of<FileEndpoint>(context).DownloadAsync(context, Id(context)));
        Get(api, "/verdicts/{id}", ApiRights.Read, context => Of<VerdictEndpoint>(context).AnswerAsync(context, Id(context)));
        Post(api, "/webhooks/subscribe", ApiRights.Read, context => Of<WebhookEndpoint>(context).SubscribeAsync(context));
        Post(api, "/webhooks/unsubscribe", ApiRights.Read, context => Of<WebhookEndpoint>(context).UnsubscribeAsync(context));
        Get(api, "/webhooks/{id}", ApiRights.Read, context => Of<WebhookEndpoint>(context).ListAsync(context, Id(context)));
        api.MapDelete(
            "/files/{id}", context => HandleAsync(context, ApiRights.Delete, () =>
                Of<FileEndpoint>(context).DeleteAsync(context, Id(context))));
    }

    private static void Get(IEndpointRouteBuilder api, string pattern, ApiRights right, Func<HttpContext, Task> answer) =>
        api.MapMethods(pattern, ["GET", "HEAD"], context => HandleAsync(context, right, () => answer(context)));

    private static void Post(IEndpointRouteBuilder api, string pattern, ApiRights right, Func<HttpContext, Task> answer) =>
        api.MapPost(pattern, context => HandleAsync(context, right, () => answer(context)));

    private static Task HandleAsync(HttpContext context, ApiRights right, Func<Task> answer) =>
        Of<ApiDoor>(context).HandleAsync(context, right, answer);

    private static Task NotFoundAsync(HttpContext context) => HandleAsync(context, ApiRights.None, () =>
        Of<ApiReply>(context).NotFoundAsync(
            context, "There is nothing here: POST /scan, POST /scan/url, POST /upload, GET /result/{id}, GET /results, GET /download/{id}, "
                + "DELETE /files/{id}, GET /verdicts/{sha256}, POST /webhooks/subscribe, POST /webhooks/unsubscribe, GET /webhooks/{id}."));

    private static T Of<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;
}
