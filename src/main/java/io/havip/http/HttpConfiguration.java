package io.havip.http;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/** The whole of this room, for whoever puts the server together. */
@Configuration(proxyBeanMethods = false)
@ComponentScan
public class HttpConfiguration {
  @Bean
  JsonMapper jsonMapper() {
    return JsonResponses.MAPPER;
  }

  @Bean
  WebMvcConfigurer documentedParameters() throws IOException {
    DocumentedParameters parameters = new DocumentedParameters();
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(parameters).addPathPatterns("/v1/**");
      }
    };
  }

  /** Around all other filters, which may end a request themselves. */
  @Bean
  FilterRegistrationBean<RequestLog> requestLog(MeterRegistry meters) {
    FilterRegistrationBean<RequestLog> registration =
        new FilterRegistrationBean<>(new RequestLog(meters));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }

  @Bean
  FilterRegistrationBean<BodyLimit> bodyLimit() {
    FilterRegistrationBean<BodyLimit> registration = new FilterRegistrationBean<>(new BodyLimit());
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
    return registration;
  }

  /** Tomcat has pages for people otherwise. */
  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> tomcatProblems() {
    return tomcat ->
        tomcat.addContextCustomizers(
            context -> context.getParent().getPipeline().addValve(new TomcatProblems()));
  }

  /** Spring Security refuses targets that could be taken for another one, like those with "//". */
  @Bean
  RequestRejectedHandler rejectedRequests() {
    return (_, response, _) -> TomcatProblems.malformed().writeTo(response);
  }
}
