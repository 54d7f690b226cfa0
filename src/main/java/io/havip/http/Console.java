package io.havip.http;

import java.time.Duration;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.EncodedResourceResolver;

/**
 * The web console: files that the build has put beside the classes, compressed beforehand. Each of
 * its pages is index.html; its script looks at the path.
 */
@Configuration(proxyBeanMethods = false)
class Console implements WebMvcConfigurer {
  /** What everybody may read: there is nothing in it before one is signed in. */
  static final String[] PATHS = {
    "/",
    "/index.html",
    "/favicon.svg",
    "/logo.svg",
    "/assets/**",
    "/vips/**",
    "/vpcs/**",
    "/subnets/**",
    "/external-networks/**",
    "/vms/**",
    "/webhooks/**"
  };

  /** Scripts, styles and data come from this server only; its styles hold the fonts themselves. */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private static final String FILES = "classpath:/console/";
  private static final String INDEX = "forward:/index.html";

  @Override
  public void addViewControllers(ViewControllerRegistry registry) {
    for (String path : PATHS) {
      if (!path.contains(".") && !path.startsWith("/assets")) {
        registry.addViewController(path).setViewName(INDEX);
      }
    }
  }

  @Override
  public void addResourceHandlers(ResourceHandlerRegistry registry) {
    registry
        .addResourceHandler("/assets/**")
        .addResourceLocations(FILES + "assets/")
        // Their names change with what is in them.
        .setCacheControl(CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable())
        .resourceChain(true)
        .addResolver(new EncodedResourceResolver());
    registry
        .addResourceHandler("/index.html", "/favicon.svg", "/logo.svg")
        .addResourceLocations(FILES)
        .setCacheControl(CacheControl.noCache())
        .resourceChain(true)
        .addResolver(new EncodedResourceResolver());
  }
}
