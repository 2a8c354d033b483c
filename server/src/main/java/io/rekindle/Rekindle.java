package io.rekindle;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The modular monolith: every folder beside this class is a module, and data flows from left to right through them. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Rekindle {}
