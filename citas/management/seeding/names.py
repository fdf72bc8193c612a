"""What people of a Spanish-speaking clinic are called, the frequent names first, and why they come."""


def _words(text: str) -> list[str]:
    return text.split()


WOMEN = _words("""
María Carmen Ana Laura Cristina Marta Lucía Sara Paula Elena Isabel Raquel Patricia Sofía Julia Alba Irene
Silvia Beatriz Rosa Teresa Nuria Andrea Claudia Inés Carla Natalia Alicia Daniela Mercedes Rocío Valeria
Lorena Noelia Pilar Victoria Valentina Martina Adriana Gloria Fátima Yolanda Olga Ximena Camila Luisa Ainhoa
Leire Montserrat Guadalupe Begoña Jimena
""")

MEN = _words("""
Antonio José Manuel Francisco David Juan Javier Daniel Carlos Jesús Alejandro Miguel Pablo Rafael Ángel Sergio
Fernando Jorge Luis Alberto Álvaro Diego Adrián Raúl Iván Enrique Rubén Ramón Óscar Andrés Joaquín Santiago
Eduardo Víctor Mario Roberto Marcos Jaime Hugo Ignacio Mateo Nicolás Martín Gonzalo Samuel Emilio Tomás
Agustín Julián Iñaki Cristóbal Matías
""")

SECOND_NAMES = {
    True: _words("Isabel Belén Elena Luisa Pilar Teresa Inés"),
    False: _words("Antonio Luis Manuel Javier Ángel"),
}

SURNAMES = _words("""
García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Hernández Ruiz Díaz
Moreno Muñoz Álvarez Romero Gutiérrez Alonso Torres Navarro Domínguez Ramos Vázquez Ramírez Gil Serrano Molina
Morales Suárez Blanco Castro Ortega Delgado Ortiz Marín Rubio Núñez Medina Sanz Castillo Iglesias Cortés
Garrido Santos Guerrero Lozano Cano Cruz Méndez Flores Prieto Herrera Peña León Márquez Cabrera Gallego Calvo
Vidal Campos Reyes Vega Fuentes Carrasco Díez Aguilar Caballero Nieto Santana Vargas Pascual Giménez Herrero
Hidalgo Montero Lorenzo Santiago Benítez Ibáñez Arias Durán Ferrer Mora Carmona Rojas Soto Crespo Román Pastor
Velasco Parra Sáez Moya Bravo Rivera Gallardo Soler Mendoza Quispe Mamani Restrepo Ospina Echeverría
Etxeberria Bertolín Peñalver Yáñez Zabala Ugarte Ñíguez
""")

REASONS = {
    "medicina-de-familia": ["Tos desde hace una semana", "Renovar la medicación", "Dolor de garganta", ""],
    "pediatria": ["Revisión de los cuatro años", "Fiebre desde ayer", "Vacunas", "Tiene mocos y no duerme bien", ""],
    "dermatologia": ["Un lunar que ha cambiado", "Eccema en las manos", "Acné", ""],
    "ginecologia": ["Revisión anual", "Reglas dolorosas", "Consulta de anticoncepción", ""],
    "traumatologia": ["Dolor de rodilla al bajar escaleras", "Esguince de tobillo", "Dolor lumbar", ""],
    "cardiologia": ["Palpitaciones", "Control de la tensión", "Antecedentes familiares", ""],
    "": ["Revisión", "Me lo ha pedido mi médica de familia", "Traigo resultados de pruebas", ""],
}
